-- loading
CREATE TEMPORARY TABLE csv_1 AS
SELECT
  c0 AS c0,
  c3 AS c3
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
    ' <http://ex.org/funder> <http://ex.org/funder/',
    LG_IRI_SAFE("r"."c3"),
    '> .
'
  ) AS line
FROM (
  SELECT
    r.*,
    CONCAT('<http://ex.org/grant/', LG_IRI_SAFE("r"."c0"), '>') AS subject
  FROM csv_1 AS r
) AS r;

-- http://example.com/base/#funder
SELECT
  CONCAT(
    r.subject,
    ' <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://ex.org/Funder> .
'
  ) AS line
FROM (
  SELECT
    r.*,
    CONCAT('<http://ex.org/funder/', LG_IRI_SAFE("r"."c3"), '>') AS subject
  FROM csv_1 AS r
) AS r;
