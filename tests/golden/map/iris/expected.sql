-- loading
CREATE TEMPORARY TABLE csv_1 AS
SELECT
  c1 AS c1,
  c0 AS c0
FROM READ_CSV(
  'a.csv',
  auto_detect = FALSE,
  header = FALSE,
  delim = ',',
  quote = '"',
  escape = '"',
  skip = 1,
  nullstr = 'no value',
  "columns" = {'c0': 'VARCHAR', 'c1': 'VARCHAR'},
  strict_mode = TRUE,
  max_line_size = 8388608,
  buffer_size = 16777216
)
LIMIT 1;

-- http://example.com/base/#page
SELECT
  CONCAT(
    r.subject,
    ' <http://ex.org/same> <http://example.com/base/page/',
    URL_ENCODE("r"."c0"),
    '> .
',
    r.subject,
    ' <http://ex.org/p/',
    LG_IRI_SAFE("r"."c0"),
    '> <http://ex.org/o> .
'
  ) AS line
FROM (
  SELECT
    r.*,
    CONCAT('<', "r"."c1", '>') AS subject
  FROM csv_1 AS r
) AS r;
