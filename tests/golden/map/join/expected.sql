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

-- loading
CREATE TEMPORARY TABLE csv_2 AS
SELECT
  c1 AS c1,
  c0 AS c0
FROM READ_CSV(
  'b.csv',
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

-- http://example.com/base/#grant
SELECT DISTINCT
  line
FROM (
  SELECT
    CONCAT(
      '<http://ex.org/grant/',
      LG_IRI_SAFE("r"."c0"),
      '> <http://ex.org/funder> <http://ex.org/funder/',
      LG_IRI_SAFE("p"."c1"),
      '> .
'
    ) AS line
  FROM csv_1 AS r, csv_2 AS p
  WHERE
    "r"."c3" = "p"."c0"
) AS u
WHERE
  NOT line IS NULL;
