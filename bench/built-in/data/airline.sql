-- No keys are declared; codes are the natural keys.
CREATE TABLE carriers (carrier_code char(2), carrier_name text, home_country text, founded int);
CREATE TABLE airports (airport_code char(3), airport_name text, city text, country text, altitude_ft int);
CREATE TABLE aircraft (tail_number text, model text, seats int, carrier_code char(2), built_year int);
CREATE TABLE flights (flight_id int, carrier_code char(2), tail_number text, origin char(3), destination char(3), flight_date date, dep_delay_min int, arr_delay_min int, distance_km int, cancelled boolean);
CREATE TABLE bookings (booking_id int, flight_id int, passenger_name text, fare numeric(8,2), cabin text, booked_on date, bags int);
INSERT INTO carriers VALUES ('KX','Kestrel Air','Norway',1987),('ZP','Zephyr','Portugal',2003),('BR','Borealis Wings','Norway',1999),('AM','Amber Jet','Greece',2011);
INSERT INTO airports VALUES ('OSL','Oslo Gardermoen','Oslo','Norway',681),('BGO','Bergen Flesland','Bergen','Norway',165),('LIS','Lisbon Portela','Lisbon','Portugal',374),('OPO','Porto Carneiro','Porto','Portugal',228),('ATH','Athens Venizelos','Athens','Greece',308),('HER','Heraklion Kazantzakis','Heraklion','Greece',115);
INSERT INTO aircraft VALUES ('LN-KA','A320',180,'KX',2012),('LN-KB','B737',160,'KX',2009),('CS-ZA','A321',210,'ZP',2018),('CS-ZB','E190',100,'ZP',2015),('LN-BW','A220',130,'BR',2020),('SX-AJ','A320',180,'AM',2016),('SX-AK','ATR72',70,'AM',2008);
INSERT INTO flights SELECT * FROM (VALUES
(1,'KX','LN-KA','OSL','LIS',date '2024-01-06',12,20,2740,false),(2,'KX','LN-KB','OSL','BGO',date '2024-01-08',0,-3,325,false),(3,'ZP','CS-ZA','LIS','ATH',date '2024-01-14',45,50,2850,false),(4,'ZP','CS-ZB','LIS','OPO',date '2024-02-03',5,0,277,false),
(5,'BR','LN-BW','BGO','OSL',date '2024-02-05',NULL,NULL,325,true),(6,'AM','SX-AJ','ATH','OSL',date '2024-02-11',30,25,2620,false),(7,'KX','LN-KA','LIS','OSL',date '2024-02-17',8,2,2740,false),(8,'ZP','CS-ZA','ATH','LIS',date '2024-03-02',0,-10,2850,false),
(9,'AM','SX-AJ','OSL','ATH',date '2024-03-09',65,70,2620,false),(10,'KX','LN-KB','BGO','OSL',date '2024-03-11',3,4,325,false),(11,'ZP','CS-ZB','OPO','LIS',date '2024-03-20',NULL,NULL,277,true),(12,'KX','LN-KA','OSL','ATH',date '2024-04-06',15,10,2620,false)) v;
INSERT INTO bookings VALUES (1,1,'Ada Strand',220,'economy','2023-12-01',1),(2,1,'Bo Lund',640,'business','2023-12-20',2),(3,1,'Cleo Reis',199,'economy','2023-11-11',0),(4,2,'Ada Strand',80,'economy','2024-01-02',0),(5,3,'Duarte Melo',310,'economy','2024-01-01',2),
(6,3,'Eleni Pappas',890,'business','2023-12-28',1),(7,4,'Duarte Melo',60,'economy','2024-02-01',0),(8,5,'Bo Lund',75,'economy','2024-01-30',1),(9,6,'Eleni Pappas',280,'economy','2024-01-11',1),(10,7,'Cleo Reis',240,'economy','2024-01-20',1),
(11,8,'Fredrik Dahl',455,'premium','2024-02-02',3),(12,9,'Ada Strand',330,'economy','2024-02-25',1),(13,9,'Gil Nunes',720,'business','2024-03-01',2),(14,10,'Fredrik Dahl',90,'economy','2024-03-05',0),(15,12,'Bo Lund',410,'premium','2024-03-15',1);
