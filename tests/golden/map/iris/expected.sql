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
    CONCAT(
      '<',
      CASE
        WHEN REGEXP_MATCHES("r"."c1", '[\x00-\x20<>"{}|^`\\]')
        THEN ERROR(CONCAT('LG-MAP-005|a value is not a valid IRI|', "r"."c1"))
        ELSE CASE
          WHEN REGEXP_MATCHES("r"."c1", '^[A-Za-z][A-Za-z0-9+.-]*:')
          THEN "r"."c1"
          ELSE CONCAT('http://example.com/base/', "r"."c1")
        END
      END,
      '>'
    ) AS subject
  FROM csv_1 AS r
) AS r;
