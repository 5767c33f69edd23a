from recordings.reading import Reading


def test_places_are_the_indexes_where_none_are_given() -> None:
    assert Reading("har", ()).place(3) == 3
