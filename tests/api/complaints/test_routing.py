"""Routing rules: the first that fits decides, always, and only its conditions matter."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from api.complaints.routing import Decision, Rule, decide

IDS = [UUID(int=number) for number in range(1, 6)]
maybe_id = st.none() | st.sampled_from(IDS)
rules = st.lists(
    st.builds(
        Rule,
        category_id=maybe_id,
        service_area_id=maybe_id,
        neighbourhood_id=maybe_id,
        authority=st.sampled_from(["own", "metropolitan", "external"]),
        department_id=maybe_id,
    ),
    max_size=8,
)
DEFAULT = Decision("own", IDS[0])


def fits(rule, line, areas, neighbourhood):
    return (
        rule.category_id in (None, *line)
        and rule.service_area_id in (None, *areas)
        and rule.neighbourhood_id in (None, neighbourhood)
    )


@given(rules, st.lists(st.sampled_from(IDS), min_size=1, unique=True), st.frozensets(st.sampled_from(IDS)), maybe_id)
def test_the_first_rule_whose_conditions_hold_decides_and_without_one_the_category(rules, line, areas, neighbourhood):
    decision = decide(rules, category_line=line, area_ids=areas, neighbourhood_id=neighbourhood, default=DEFAULT)
    fitting = [rule for rule in rules if fits(rule, line, areas, neighbourhood)]
    if not fitting:
        assert decision == DEFAULT
    else:
        assert decision.authority == fitting[0].authority
        if fitting[0].department_id:
            assert decision.department_id == fitting[0].department_id
        else:
            assert decision.department_id == (IDS[0] if fitting[0].authority == "own" else None)


def test_a_rule_for_a_group_of_the_tree_holds_for_the_categories_below_it():
    group, leaf, department = IDS[1], IDS[2], IDS[3]
    rule = Rule(group, None, None, "own", department)
    decision = decide([rule], category_line=[leaf, group], area_ids=frozenset(), neighbourhood_id=None, default=DEFAULT)
    assert decision == Decision("own", department)


def test_a_main_road_that_belongs_to_the_metropolitan_goes_there_whatever_the_category_says():
    corridor = IDS[4]
    rule = Rule(None, corridor, None, "metropolitan", None)
    decision = decide(
        [rule], category_line=[IDS[2]], area_ids=frozenset({corridor}), neighbourhood_id=IDS[1], default=DEFAULT
    )
    assert decision == Decision("metropolitan", None)
