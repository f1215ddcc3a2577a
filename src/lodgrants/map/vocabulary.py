"""The IRIs of RML and of everything it was called before: the one place where namespaces differ."""

from __future__ import annotations

from functools import cache

from lodgrants.rdf.namespaces import XSD

RML = "http://w3id.org/rml/"
OLD_RML = "http://semweb.mmlab.be/ns/rml#"
R2RML = "http://www.w3.org/ns/r2rml#"
QL = "http://semweb.mmlab.be/ns/ql#"
OLD_FNML = "http://semweb.mmlab.be/ns/fnml#"
OLD_TARGET = "http://semweb.mmlab.be/ns/rml-target#"
EXTENSIONS = "https://w3id.org/imec/rml/ns/extensions#"
FNO = "https://w3id.org/function/ontology#"
FNO_EXECUTES = f"{FNO}executes"
CSVW = "http://www.w3.org/ns/csvw#"
D2RQ = "http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#"
DCAT = "http://www.w3.org/ns/dcat#"
SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
FORMATS = "http://www.w3.org/ns/formats/"
COMPRESSION = "http://semweb.mmlab.be/ns/rml-compression#"

# Terms that changed more than their namespace between the older vocabularies and RML.
_RENAMED = {
    f"{R2RML}logicalTable": f"{RML}logicalSource",
    f"{R2RML}LogicalTable": f"{RML}LogicalSource",
    f"{R2RML}column": f"{RML}reference",
    f"{R2RML}R2RMLView": f"{RML}LogicalSource",
    f"{R2RML}BaseTableOrView": f"{RML}LogicalSource",
    f"{OLD_FNML}functionValue": f"{OLD_FNML}functionValue",
    f"{QL}CSV": f"{RML}CSV",
    f"{QL}TSV": f"{RML}CSV",
    f"{QL}JSONPath": f"{RML}JSONPath",
    f"{QL}XPath": f"{RML}XPath",
    f"{QL}RDB": f"{RML}SQL2008Table",
    f"{RML}SQL2008": f"{RML}SQL2008Table",
    f"{R2RML}SQL2008": f"{RML}SQL2008Table",
    f"{RML}languageMap": f"{RML}languageMap",
}
_SAME_NAMES = (OLD_RML, R2RML, OLD_TARGET, EXTENSIONS, COMPRESSION)


@cache
def modern(iri: str) -> str:
    """Return the IRI that RML uses today for a term of an older vocabulary; others come back as they are."""
    if iri in _RENAMED:
        return _RENAMED[iri]
    for namespace in _SAME_NAMES:
        if iri.startswith(namespace):
            return RML + iri[len(namespace) :]
    return iri


XSD_DOUBLE, XSD_INTEGER, XSD_BOOLEAN = f"{XSD}double", f"{XSD}integer", f"{XSD}boolean"
