CREATE TABLE department (department_id serial PRIMARY KEY, department_name text NOT NULL, floor int, annual_budget numeric(12,2));
CREATE TABLE physician (physician_id serial PRIMARY KEY, first_name text NOT NULL, last_name text NOT NULL, specialty text, hired_on date NOT NULL, department_id int REFERENCES department, salary numeric(10,2));
CREATE TABLE patient (patient_id serial PRIMARY KEY, full_name text NOT NULL, gender text, birth_date date NOT NULL, city text, insurance_provider text, blood_type text);
CREATE TABLE admission (admission_id serial PRIMARY KEY, patient_id int NOT NULL REFERENCES patient, physician_id int NOT NULL REFERENCES physician, admitted_at timestamp NOT NULL, discharged_at timestamp, diagnosis text, is_emergency boolean NOT NULL);
CREATE TABLE bill (bill_id serial PRIMARY KEY, admission_id int NOT NULL REFERENCES admission, issued_on date NOT NULL, total_amount numeric(10,2) NOT NULL, amount_paid numeric(10,2) NOT NULL, status text NOT NULL);
INSERT INTO department (department_name, floor, annual_budget) VALUES ('Cardiology',2,900000),('Neurology',3,750000),('Oncology',4,1200000),('Pediatrics',1,400000),('Radiology',1,650000);
INSERT INTO physician (first_name,last_name,specialty,hired_on,department_id,salary) VALUES
('Alice','Moreau','Cardiologist','2012-03-01',1,210000),('Bram','de Vries','Cardiologist','2018-07-15',1,180000),('Chen','Li','Neurologist','2015-01-10',2,195000),
('Dana','Okafor','Oncologist','2010-09-01',3,240000),('Emil','Novak','Pediatrician','2021-02-01',4,140000),('Farah','Haddad','Neurologist','2019-11-20',2,175000),('Grace','Kim','Oncologist','2022-05-05',3,160000);
INSERT INTO patient (full_name,gender,birth_date,city,insurance_provider,blood_type) VALUES
('Hanna Berg','female','1980-04-12','Utrecht','MediSure','A+'),('Ivan Petrov','male','1955-12-03','Leiden','HealthFirst','O-'),('Julia Costa','female','2015-06-21','Utrecht','MediSure','B+'),
('Karl Weiss','male','1948-01-30','Delft','CareOne','O+'),('Lena Fischer','female','1992-09-09','Leiden',NULL,'AB-'),('Milan Horvat','male','1970-07-17','Utrecht','HealthFirst','A+'),
('Nora Lind','female','2001-02-28','Gouda','CareOne','O+'),('Omar Aziz','male','1966-11-11','Delft','MediSure','A-');
INSERT INTO admission (patient_id,physician_id,admitted_at,discharged_at,diagnosis,is_emergency) VALUES
(1,1,'2023-01-05 10:00','2023-01-10 12:00','arrhythmia',true),(2,1,'2023-02-14 08:30','2023-03-01 09:00','heart failure',true),(3,5,'2023-03-20 15:00','2023-03-21 10:00','asthma',false),
(4,4,'2023-04-02 09:15','2023-04-22 11:00','lymphoma',false),(2,3,'2023-06-11 22:40','2023-06-15 08:00','stroke',true),(5,3,'2023-07-01 07:00','2023-07-03 18:00','migraine',false),
(6,2,'2023-07-19 13:20','2023-07-25 10:00','angina',true),(1,2,'2023-09-30 11:45','2023-10-02 09:30','arrhythmia',false),(4,7,'2023-11-05 16:00','2023-11-30 10:00','lymphoma',false),
(8,6,'2024-01-15 02:10','2024-01-20 12:00','epilepsy',true),(3,5,'2024-02-08 19:00','2024-02-09 08:00','asthma',true),(6,1,'2024-03-03 12:00',NULL,'angina',false),(8,3,'2024-03-18 05:30',NULL,'stroke',true);
INSERT INTO bill (admission_id,issued_on,total_amount,amount_paid,status) VALUES
(1,'2023-01-12',5200,5200,'paid'),(2,'2023-03-05',18400,9000,'partial'),(3,'2023-03-22',900,900,'paid'),(4,'2023-04-25',26500,26500,'paid'),(5,'2023-06-18',7300,0,'unpaid'),
(6,'2023-07-05',2100,2100,'paid'),(7,'2023-07-28',8800,4400,'partial'),(8,'2023-10-04',2600,0,'unpaid'),(9,'2023-12-03',31200,31200,'paid'),(10,'2024-01-22',6400,6400,'paid'),(11,'2024-02-10',1100,0,'unpaid');
