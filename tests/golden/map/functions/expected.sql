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
  "columns" = {'c0': 'VARCHAR', 'c1': 'VARCHAR', 'c2': 'VARCHAR', 'c3': 'VARCHAR', 'c4': 'VARCHAR'},
  strict_mode = TRUE,
  max_line_size = 8388608,
  buffer_size = 16777216
)
LIMIT 1;

-- grant
SELECT
  CONCAT(
    CASE
      WHEN NOT UPPER("r"."c1") IS NULL
      THEN CONCAT(
        r.subject,
        ' <http://ex.org/upper> ',
        REPLACE(CAST(TO_JSON(UPPER("r"."c1")) AS TEXT), CHR(127), '\u007F'),
        ' .
'
      )
    END,
    CASE
      WHEN NOT CASE WHEN LOWER(CAST("r"."c1" = 'Bridge' AS TEXT)) = 'true' THEN TRUE END IS NULL
      THEN CONCAT(r.subject, ' <http://ex.org/bridge> "yes" .
')
    END
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
