/** A question about the sample company and the SQL whose rows answer it rightly. */
export interface SampleQuestion {
  question: string;
  /** One read-only statement; relative dates count from the database's clock. */
  sql: string;
}

/** What `npm start` asks: one join with a group-by, and one over time. */
export const FIRST_QUESTIONS: readonly SampleQuestion[] = [
  {
    question: 'Total revenue by product category',
    sql: `SELECT c.name AS category, sum(i.revenue_usd) AS revenue_usd
          FROM order_items i
          JOIN products p ON p.id = i.product_id
          JOIN categories c ON c.id = p.category_id
          GROUP BY c.name
          ORDER BY revenue_usd DESC`,
  },
  {
    question: 'Number of orders per month in the last 12 months',
    sql: `SELECT date_trunc('month', placed_at) AS month, count(*) AS orders
          FROM orders
          WHERE placed_at >= date_trunc('month', now()) - interval '11 months'
          GROUP BY 1
          ORDER BY 1`,
  },
];

/** Asked by evaluations: from one table to several joins, in the words people use. */
export const EVALUATION_QUESTIONS: readonly SampleQuestion[] = [
  {
    question: 'How many customers do we have?',
    sql: 'SELECT count(*) AS customers FROM customers',
  },
  {
    question: 'Number of customers per country',
    sql: `SELECT co.name AS country, count(*) AS customers
          FROM customers c
          JOIN countries co ON co.code = c.country_code
          GROUP BY co.name
          ORDER BY customers DESC`,
  },
  {
    question: 'Top 10 products by revenue',
    sql: `SELECT p.name AS product, sum(i.revenue_usd) AS revenue_usd
          FROM order_items i
          JOIN products p ON p.id = i.product_id
          GROUP BY p.id, p.name
          ORDER BY revenue_usd DESC
          LIMIT 10`,
  },
  {
    question: 'Average annual salary by department',
    sql: `SELECT d.name AS department, avg(e.annual_salary_usd) AS average_salary_usd
          FROM hr.employees e
          JOIN hr.departments d ON d.id = e.department_id
          GROUP BY d.name
          ORDER BY average_salary_usd DESC`,
  },
  {
    question: 'How many orders were cancelled?',
    sql: `SELECT count(*) AS orders FROM orders WHERE status = 'cancelled'`,
  },
  {
    question: 'Number of orders by sales channel',
    sql: `SELECT ch.name AS channel, count(*) AS orders
          FROM orders o
          JOIN sales_channels ch ON ch.id = o.channel_id
          GROUP BY ch.name
          ORDER BY orders DESC`,
  },
  {
    question: 'Which 5 suppliers did we spend the most with on purchase orders?',
    sql: `SELECT s.name AS supplier, sum(po.total_cost_usd) AS cost_usd
          FROM logistics.purchase_orders po
          JOIN suppliers s ON s.id = po.supplier_id
          GROUP BY s.id, s.name
          ORDER BY cost_usd DESC
          LIMIT 5`,
  },
  {
    question: 'Revenue per year',
    sql: `SELECT date_trunc('year', o.placed_at) AS year, sum(i.revenue_usd) AS revenue_usd
          FROM order_items i
          JOIN orders o ON o.id = i.order_id
          GROUP BY 1
          ORDER BY 1`,
  },
  {
    question: 'What share of shipments was delivered late, by carrier?',
    sql: `SELECT c.name AS carrier,
                 round(100.0 * avg((s.delivered_at::date > s.promised_on)::int), 1) AS late_percent
          FROM logistics.shipments s
          JOIN logistics.carriers c ON c.id = s.carrier_id
          WHERE s.delivered_at IS NOT NULL
          GROUP BY c.name
          ORDER BY late_percent DESC`,
  },
  {
    question: 'Total quantity on hand per warehouse',
    sql: `SELECT w.name AS warehouse, sum(l.quantity_on_hand) AS quantity_on_hand
          FROM logistics.stock_levels l
          JOIN logistics.warehouses w ON w.id = l.warehouse_id
          GROUP BY w.name
          ORDER BY quantity_on_hand DESC`,
  },
  {
    question: 'Number of returns by reason',
    sql: `SELECT reason, count(*) AS returns FROM returns GROUP BY reason ORDER BY returns DESC`,
  },
  {
    question: 'Average rating of products by brand',
    sql: `SELECT b.name AS brand, avg(r.rating) AS average_rating
          FROM product_reviews r
          JOIN products p ON p.id = r.product_id
          JOIN brands b ON b.id = p.brand_id
          GROUP BY b.name
          ORDER BY average_rating DESC`,
  },
  {
    question: 'How many employees report to each manager?',
    sql: `SELECT m.first_name, m.last_name, count(*) AS employees
          FROM hr.employees e
          JOIN hr.employees m ON m.id = e.manager_id
          GROUP BY m.id, m.first_name, m.last_name
          ORDER BY employees DESC`,
  },
  {
    question: 'Total amount of overdue invoices by currency',
    sql: `SELECT currency_code, sum(amount) AS amount
          FROM invoices
          WHERE status = 'overdue'
          GROUP BY currency_code
          ORDER BY amount DESC`,
  },
  {
    question: 'Which products have never been ordered?',
    sql: `SELECT p.name
          FROM products p
          WHERE NOT EXISTS (SELECT FROM order_items i WHERE i.product_id = p.id)
          ORDER BY p.name`,
  },
];
