-- loading
CREATE TEMPORARY TABLE csv_1 AS
SELECT
  c0 AS c0,
  c3 AS c3,
  c1 AS c1
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
    ' <http://ex.org/title> ',
    REPLACE(CAST(TO_JSON("r"."c1") AS TEXT), CHR(127), '\u007F'),
    ' <http://ex.org/graph/',
    LG_IRI_SAFE("r"."c3"),
    '> .
',
    r.subject,
    ' <http://ex.org/title> ',
    REPLACE(CAST(TO_JSON("r"."c1") AS TEXT), CHR(127), '\u007F'),
    ' .
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
