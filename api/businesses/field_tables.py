"""How businesses look on the phones of those who work in their neighbourhood."""

from api.core.feed import FieldTable, Membership

FIELD_TABLES = (
    FieldTable(
        name="business",
        source="business AS t",
        version="t.version",
        # An empty text is left out as an absent value is.
        data="""jsonb_strip_nulls(jsonb_build_object(
            'title', t.title, 'class_code', t.class_code, 'activity', nullif(t.activity, ''),
            'address', nullif(t.address_text, ''), 'neighbourhood_id', t.neighbourhood_id,
            'lon', round(ST_X(t.geom)::numeric, 6), 'lat', round(ST_Y(t.geom)::numeric, 6), 'phone', t.phone,
            'opening_hours', nullif(t.opening_hours, ''), 'note', nullif(t.note, ''), 'licence_no', t.licence_no,
            'floor_area_m2', t.floor_area_m2, 'risk', t.risk, 'last_inspected_at', t.last_inspected_at,
            'status', t.status))""",
        scopes={"area": Membership("neighbourhood_id", "t.status = 'active'")},
    ),
)
