"""Who holds a key of the API: what the hot calls need of account and member, planned once a session."""

from django.db import migrations

# Null for a key that is unknown or over, or whose account is shut. A process may keep the answer: ``book_places`` compares it
# with this function's answer of that moment, so nothing is booked on what was true a minute ago.
HOLDER = """
CREATE FUNCTION token_holder(key_digest text) RETURNS jsonb LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    holder jsonb;
BEGIN
    SELECT jsonb_build_object(
        'account', u.id, 'phone', u.phone, 'name', u.name,
        'member', m.id, 'member_name', m.name, 'state', m.state, 'category', m.category, 'guardian', m.guardian_id,
        'hardship', EXISTS (
            SELECT 1 FROM accounts_hardshipfile f WHERE f.member_id = m.id
            AND (now() AT TIME ZONE 'Asia/Shanghai')::date BETWEEN f.first_day AND f.last_day
        )
    ) INTO holder FROM accounts_apitoken t JOIN accounts_user u ON u.id = t.user_id LEFT JOIN accounts_member m ON m.user_id = u.id
    WHERE t.digest = key_digest AND t.expires_at > statement_timestamp() AND u.is_active;
    RETURN holder;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_audit_of_acts")]

    operations = [migrations.RunSQL(HOLDER, "DROP FUNCTION token_holder(text)")]
