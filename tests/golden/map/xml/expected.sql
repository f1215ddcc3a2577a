-- http://example.com/base/#grant
SELECT DISTINCT
  line
FROM (
  SELECT
    CASE
      WHEN NOT "o_c2"."v" IS NULL
      THEN CONCAT(
        '<http://ex.org/grant/',
        LG_IRI_SAFE("r"."c0"),
        '> <http://ex.org/partner> ',
        REPLACE(CAST(TO_JSON("o_c2"."v") AS TEXT), CHR(127), '\u007F'),
        ' .
'
      )
    END AS line
  FROM xml_2 AS r, (
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
    ' <http://ex.org/title> ',
    REPLACE(CAST(TO_JSON("r"."c1") AS TEXT), CHR(127), '\u007F'),
    '@en .
'
  ) AS line
FROM (
  SELECT
    r.*,
    CONCAT('<http://ex.org/grant/', LG_IRI_SAFE("r"."c0"), '>') AS subject
  FROM xml_2 AS r
) AS r;
