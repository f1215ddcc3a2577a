-- loading
CREATE TEMPORARY TABLE csv_1 AS
SELECT
  c0 AS c0,
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
  "columns" = {'c0': 'VARCHAR', 'c1': 'VARCHAR'},
  strict_mode = TRUE,
  max_line_size = 8388608,
  buffer_size = 16777216
)
LIMIT 1;

-- http://example.com/base/#grant
SELECT
  CONCAT(r.subject, ' <http://ex.org/at> _:m0r', CAST(r.rowid AS TEXT), ' .
') AS line
FROM (
  SELECT
    r.*,
    r.rowid,
    CONCAT(
      '_:b',
      REPLACE(
        REPLACE(
          REPLACE(REPLACE(URL_ENCODE(CONCAT("r"."c0", ' ', "r"."c1")), '-', '-2D'), '.', '-2E'),
          '~',
          '-7E'
        ),
        '%',
        '-'
      )
    ) AS subject
  FROM csv_1 AS r
) AS r;
