/** The shop of test/support/shop.ts, in MariaDB; a table whose name needs quotes; and days that begin elsewhere than in UTC. */
export const MYSQL_SHOP_SQL = `
  CREATE TABLE customers (id int PRIMARY KEY, name varchar(60) NOT NULL, city varchar(60)) COMMENT 'People and companies who buy';
  CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL, status varchar(10) NOT NULL, total decimal(12,2) NOT NULL,
    is_gift tinyint(1) NOT NULL, placed_at timestamp NOT NULL, FOREIGN KEY (customer_id) REFERENCES customers (id));
  CREATE TABLE \`Order Notes\` (\`Note No\` int PRIMARY KEY, body varchar(20));
  SET time_zone = '+00:00';
  INSERT INTO customers SELECT seq, concat('Customer ', seq), elt(1 + seq % 3, 'Ulm', 'Bonn', NULL) FROM seq_1_to_30;
  INSERT INTO orders SELECT seq, 1 + seq % 30, elt(1 + seq % 3, 'open', 'paid', 'sent'), seq * 1.25, seq % 2,
    timestamp '2026-01-01 00:00:00' + interval seq hour FROM seq_1_to_600;
  INSERT INTO \`Order Notes\` VALUES (1, 'a'), (2, 'b'); SET time_zone = DEFAULT;`;
