-- loading
CREATE TEMPORARY TABLE json_1 AS
SELECT
  NULLIF(CAST(v[1] AS TEXT), 'null') AS c0,
  LIST_FILTER(
    CAST(LIST_CONCAT(JSON_EXTRACT(item, '$."parts"[*]'), JSON_EXTRACT(item, '$."parts".*')) AS TEXT[]),
    LAMBDA x : x <> 'null'
  ) AS c1
FROM (
  SELECT
    JSON_EXTRACT(item, ['$."id"']) AS v,
    item
  FROM (
    SELECT
      json AS item
    FROM READ_JSON_OBJECTS('a.json', format = 'array', maximum_object_size = 67108864)
  ) AS i
) AS r
LIMIT 1;

-- loading
CREATE TEMPORARY TABLE view_2 AS
SELECT
  r.rowid AS f0,
  "r"."c0" AS f1,
  0 AS f2,
  t0.i AS f3,
  NULLIF(CAST(JSON_EXTRACT(t0.v, '$."no"') AS TEXT), 'null') AS f4,
  0 AS f5
FROM json_1 AS r
LEFT JOIN LATERAL (
  SELECT
    UNNEST(r.c1) AS v,
    GENERATE_SUBSCRIPTS(r.c1, 1) - 1 AS i
) AS t0
  ON TRUE
ORDER BY
  r.rowid,
  t0.i
LIMIT 1;

-- http://example.com/base/#part
SELECT
  CONCAT(
    r.subject,
    ' <http://ex.org/index> "',
    CAST("r"."f3" AS TEXT),
    '"^^<http://www.w3.org/2001/XMLSchema#integer> .
'
  ) AS line
FROM (
  SELECT
    r.*,
    CONCAT(
      '<http://ex.org/',
      LG_IRI_SAFE(LG_STRING_TEXT("r"."f1")),
      '/',
      LG_IRI_SAFE(LG_JSON_TEXT("r"."f4")),
      '>'
    ) AS subject
  FROM view_2 AS r
) AS r;
