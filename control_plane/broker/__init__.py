"""RabbitMQ, where there is one: it wakes agents and decides nothing. The only place that speaks AMQP."""
