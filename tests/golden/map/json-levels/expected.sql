-- loading
CREATE TEMPORARY TABLE documents_1 AS
SELECT
  NULLIF(CAST(v[1] AS TEXT), 'null') AS m0,
  NULLIF(CAST(v[2] AS TEXT), 'null') AS m1,
  NULLIF(CAST(v[3] AS TEXT), 'null') AS m2
FROM (
  SELECT
    JSON_EXTRACT(json, ['$."id"', '$."sum"', '$."parts"']) AS v,
    json
  FROM READ_JSON_OBJECTS('a.jsonl', format = 'newline_delimited', maximum_object_size = 67108864)
) AS d
LIMIT 1;

-- loading
CREATE TEMPORARY TABLE json_2 AS
SELECT
  NULLIF(CAST(m0 AS TEXT), 'null') AS c0,
  NULLIF(CAST(m1 AS TEXT), 'null') AS c1
FROM documents_1
LIMIT 1;

-- loading
CREATE TEMPORARY TABLE json_3 AS
SELECT
  NULLIF(CAST(v[1] AS TEXT), 'null') AS c0
FROM (
  SELECT
    JSON_EXTRACT(item, ['$."no"']) AS v,
    item
  FROM (
    SELECT
      UNNEST(LIST_CONCAT(JSON_EXTRACT(m2, '$[*]'), JSON_EXTRACT(m2, '$.*'))) AS item
    FROM documents_1
  ) AS i
) AS r
LIMIT 1;

-- http://example.com/base/#grant
SELECT
  CONCAT(r.subject, ' <http://ex.org/sum> ', LG_JSON_LITERAL("r"."c1"), ' .
') AS line
FROM (
  SELECT
    r.*,
    CONCAT('<http://ex.org/grant/', LG_IRI_SAFE(LG_STRING_TEXT("r"."c0")), '>') AS subject
  FROM json_2 AS r
) AS r;

-- http://example.com/base/#part
SELECT
  CONCAT(
    r.subject,
    ' <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://ex.org/Part> .
'
  ) AS line
FROM (
  SELECT
    r.*,
    CONCAT('<http://ex.org/part/', LG_IRI_SAFE(LG_JSON_TEXT("r"."c0")), '>') AS subject
  FROM json_3 AS r
) AS r;
