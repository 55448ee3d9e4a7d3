select private.guard_transitions('public.tasks', 'task');
select private.guard_transitions('public.service_registry', 'service');
select private.guard_transitions('public.webhook_deliveries', 'webhook_delivery');
select private.guard_transitions('public.pull_request_feedback', 'feedback');
