-- The processes that have deliveries in hand.
SELECT DISTINCT "token", "host", "bootId", "pid", "pidStart"
FROM "delivery_leases"
WHERE "token" <> ?1
