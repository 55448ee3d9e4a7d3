-- An answer is kept as the text that went out, and given again as that: a list of a thousand tasks is not taken apart to be kept.
alter table private.idempotency_keys alter column answer type json using answer::json;
