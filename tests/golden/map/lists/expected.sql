-- loading
CREATE TEMPORARY TABLE json_1 AS
SELECT
  NULLIF(CAST(v[1] AS TEXT), 'null') AS c0,
  LIST_FILTER(
    CAST(LIST_CONCAT(JSON_EXTRACT(item, '$."tags"[*]'), JSON_EXTRACT(item, '$."tags".*')) AS TEXT[]),
    LAMBDA x : x <> 'null'
  ) AS c1
FROM (
  SELECT
    JSON_EXTRACT(item, ['$."id"']) AS v,
    item
  FROM (
    SELECT
      json AS item
    FROM READ_JSON_OBJECTS('a.json', format = 'array', maximum_object_size = 67108864)
  ) AS i
) AS r
LIMIT 1;

-- loading
CREATE TEMPORARY TABLE gathered_2 AS
SELECT
  r.*,
  '' AS graph,
  CONCAT('_:m0g0r', CAST(r.row_number AS TEXT)) AS node,
  LIST_FILTER(
    COALESCE(
      FLATTEN(
        LIST_TRANSFORM("r"."c1", LAMBDA x0 : [CASE WHEN NOT x0 IS NULL THEN LG_JSON_LITERAL(x0) END])
      ),
      CAST([] AS TEXT[])
    ),
    LAMBDA y : NOT y IS NULL
  ) AS members
FROM (
  SELECT
    *,
    rowid AS row_number
  FROM json_1
) AS r
LIMIT 1;

-- loading
CREATE TEMPORARY TABLE collections_3 AS
SELECT
  graph,
  node,
  CASE
    WHEN STARTS_WITH(node, '_:') AND graph <> ''
    THEN CONCAT(node, 'x', MD5(graph))
    ELSE node
  END AS head,
  members
FROM (
  SELECT
    *
  FROM (
    SELECT
      graph,
      node,
      FLATTEN(LIST(members ORDER BY row_number)) AS members
    FROM gathered_2
    WHERE
      NOT node IS NULL AND NOT graph IS NULL
    GROUP BY
      graph,
      node
  ) AS m
  WHERE
    LEN(members) > 0
) AS s
LIMIT 1;

-- loading
CREATE TEMPORARY TABLE linked_4 AS
SELECT
  r.*
  EXCLUDE (graph, node, members),
  CASE
    WHEN LEN(m.members) = 0
    THEN '<http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>'
    ELSE m.head
  END AS node0
FROM gathered_2 AS r
LEFT JOIN collections_3 AS m
  ON r.node = m.node AND r.graph = m.graph
LIMIT 1;

-- loading
CREATE TEMPORARY TABLE members_5 AS
SELECT
  CASE
    WHEN place = 1
    THEN head
    ELSE CONCAT('_:c', MD5(CONCAT(head, ' ', graph)), 'n', CAST((
      place
    ) AS TEXT))
  END AS s,
  '<http://www.w3.org/1999/02/22-rdf-syntax-ns#first>' AS p,
  member AS o,
  graph AS g
FROM (
  SELECT
    graph,
    head,
    UNNEST(members) AS member,
    GENERATE_SUBSCRIPTS(members, 1) AS place,
    LEN(members) AS size
  FROM collections_3
) AS n
LIMIT 1;

-- loading
CREATE TEMPORARY TABLE members_6 AS
SELECT
  CASE
    WHEN place = 1
    THEN head
    ELSE CONCAT('_:c', MD5(CONCAT(head, ' ', graph)), 'n', CAST((
      place
    ) AS TEXT))
  END AS s,
  '<http://www.w3.org/1999/02/22-rdf-syntax-ns#rest>' AS p,
  CASE
    WHEN place = size
    THEN '<http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>'
    ELSE CONCAT('_:c', MD5(CONCAT(head, ' ', graph)), 'n', CAST((
      place + 1
    ) AS TEXT))
  END AS o,
  graph AS g
FROM (
  SELECT
    graph,
    head,
    UNNEST(members) AS member,
    GENERATE_SUBSCRIPTS(members, 1) AS place,
    LEN(members) AS size
  FROM collections_3
) AS n
LIMIT 1;

-- loading
CREATE TEMPORARY TABLE distinct_7 AS
SELECT DISTINCT
  o,
  p,
  s
FROM members_5
LIMIT 1;

-- loading
CREATE TEMPORARY TABLE distinct_8 AS
SELECT DISTINCT
  o,
  p,
  s
FROM members_6
LIMIT 1;

-- http://example.com/base/#grant
SELECT DISTINCT
  line
FROM (
  SELECT
    CONCAT("r"."s", ' ', "r"."p", ' ', "r"."o", ' .
') AS line
  FROM distinct_7 AS r
) AS u
WHERE
  NOT line IS NULL;

-- http://example.com/base/#grant
SELECT DISTINCT
  line
FROM (
  SELECT
    CONCAT("r"."s", ' ', "r"."p", ' ', "r"."o", ' .
') AS line
  FROM distinct_8 AS r
) AS u
WHERE
  NOT line IS NULL;

-- http://example.com/base/#grant
SELECT
  CASE
    WHEN NOT r.node0 IS NULL
    THEN CONCAT(r.subject, ' <http://ex.org/tags> ', r.node0, ' .
')
  END AS line
FROM (
  SELECT
    r.*,
    CONCAT('<http://ex.org/grant/', LG_IRI_SAFE(LG_JSON_TEXT("r"."c0")), '>') AS subject
  FROM linked_4 AS r
) AS r;
