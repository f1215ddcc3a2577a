-- loading
CREATE TEMPORARY TABLE json_1 AS
SELECT
  NULLIF(CAST(v[1] AS TEXT), 'null') AS c0,
  NULLIF(CAST(v[2] AS TEXT), 'null') AS c1,
  NULLIF(CAST(v[3] AS TEXT), 'null') AS c3,
  LIST_FILTER(
    CAST(LIST_CONCAT(JSON_EXTRACT(item, '$."tags"[*]'), JSON_EXTRACT(item, '$."tags".*')) AS TEXT[]),
    LAMBDA x : x <> 'null'
  ) AS c2
FROM (
  SELECT
    JSON_EXTRACT(item, ['$."id"', '$."open"', '$."place"."city"']) AS v,
    item
  FROM (
    SELECT
      UNNEST(
        LIST_CONCAT(JSON_EXTRACT(json, '$."grants"[*]'), JSON_EXTRACT(json, '$."grants".*'))
      ) AS item
    FROM READ_JSON_OBJECTS('a.json', format = 'unstructured', maximum_object_size = 67108864)
  ) AS i
) AS r
LIMIT 1;

-- http://example.com/base/#grant
SELECT DISTINCT
  line
FROM (
  SELECT
    CASE
      WHEN NOT "o_c2"."v" IS NULL
      THEN CONCAT(
        '<http://ex.org/grant/',
        LG_IRI_SAFE(LG_JSON_TEXT("r"."c0")),
        '> <http://ex.org/tag> ',
        LG_JSON_LITERAL("o_c2"."v"),
        ' .
'
      )
    END AS line
  FROM json_1 AS r, (
      SELECT
        UNNEST("r"."c2") AS v
    ) AS o_c2
) AS u
WHERE
  NOT line IS NULL;

-- http://example.com/base/#grant
SELECT
  CONCAT(
    r.subject,
    ' <http://ex.org/open> ',
    LG_JSON_LITERAL("r"."c1"),
    ' .
',
    r.subject,
    ' <http://ex.org/city> ',
    LG_STRING_BODY("r"."c3"),
    ' .
'
  ) AS line
FROM (
  SELECT
    r.*,
    CONCAT('<http://ex.org/grant/', LG_IRI_SAFE(r.v0), '>') AS subject
  FROM (
    SELECT
      r.*,
      LG_JSON_TEXT(r.c0) AS v0
    FROM json_1 AS r
  ) AS r
) AS r;
