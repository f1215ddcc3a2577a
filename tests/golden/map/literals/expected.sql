-- loading
CREATE TEMPORARY TABLE csv_1 AS
SELECT
  c0 AS c0,
  c1 AS c1,
  c4 AS c4,
  c2 AS c2
FROM READ_CSV(
  'a.csv',
  auto_detect = FALSE,
  header = FALSE,
  delim = ',',
  quote = '"',
  escape = '"',
  skip = 1,
  nullstr = 'no value',
  "columns" = {'c0': 'VARCHAR', 'c1': 'VARCHAR', 'c2': 'VARCHAR', 'c3': 'VARCHAR', 'c4': 'VARCHAR'},
  strict_mode = TRUE,
  max_line_size = 8388608,
  buffer_size = 16777216
)
LIMIT 1;

-- http://example.com/base/#grant
SELECT
  CONCAT(
    r.subject,
    ' <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://ex.org/Grant> .
',
    r.subject,
    ' <http://ex.org/title> ',
    REPLACE(CAST(TO_JSON("r"."c1") AS TEXT), CHR(127), '\u007F'),
    '@',
    CASE
      WHEN NOT REGEXP_FULL_MATCH("r"."c4", '(?:[A-Za-z]{2,8}|[xXiI]-[A-Za-z0-9]{1,8})(?:-[A-Za-z0-9]{1,8})*')
      THEN ERROR(CONCAT('LG-MAP-005|a value is not a language tag|', "r"."c4"))
      ELSE "r"."c4"
    END,
    ' .
',
    r.subject,
    ' <http://ex.org/sum> ',
    REPLACE(CAST(TO_JSON("r"."c2") AS TEXT), CHR(127), '\u007F'),
    '^^<http://www.w3.org/2001/XMLSchema#decimal> .
'
  ) AS line
FROM (
  SELECT
    r.*,
    CONCAT('<http://ex.org/grant/', r.v0, '>') AS subject
  FROM (
    SELECT
      r.*,
      LG_IRI_SAFE(r.c0) AS v0
    FROM csv_1 AS r
  ) AS r
) AS r;
