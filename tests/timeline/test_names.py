"""Names across scripts: who can be one person, who cannot, and what is no name at all."""

import time
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.folds.identity.names import block_key, compatible, name_key

LISTS = Path(__file__).parent.parent / "fixtures/names"
PEOPLE = ["علی رضایی", "Maryam Rezaei", "M. Rezaei", "Mohammad Ali", "محمدعلی", "Sh. K. احمدی", "سید حمید", "王 伟"]
# anything at all, surrogates among it, and what is made of the letters of names
WRITTEN = st.one_of(
    st.text(max_size=40),
    st.text(alphabet=st.characters(), max_size=20),
    st.text(alphabet="aehimrsvy.' \u200cاعهمریوس", max_size=25),
    st.sampled_from(PEOPLE),
)


def listed(name: str) -> list[str]:
    return [line for line in (LISTS / name).read_text("utf-8").splitlines() if line.strip()]


def agree(a: str, b: str) -> bool:
    return compatible(name_key(a), name_key(b))


@pytest.mark.parametrize("of", ["male", "female"])
def test_a_name_is_found_in_the_other_script(of: str) -> None:
    english = listed(f"persian_names/{of}_en.txt")
    persian = Counter(name_key(name) for name in listed(f"persian_names/{of}_fa.txt"))
    found = [name for name in english if name_key(name) in persian]
    candidates = sum(persian[name_key(name)] for name in found) / len(found)
    print(f"{of}: {len(found) / len(english):.3f} of {len(english)} names found, {candidates:.2f} candidates each")
    assert len(found) / len(english) >= 0.97
    assert candidates < 1.6


def test_the_key_for_blocking_finds_more_pairs_than_the_key_for_judging() -> None:
    # names of all the world in Arabic writing, which has no p, v or g: a measure of the coarse key above all
    pairs = [line.split("\t") for line in listed("arabnamer/pairs.tsv")]
    strict = sum(name_key(a) == name_key(b) for a, b in pairs) / len(pairs)
    coarse = sum(block_key(a) == block_key(b) for a, b in pairs) / len(pairs)
    print(f"arabnamer: {strict:.3f} of {len(pairs)} pairs by the strict key, {coarse:.3f} by the coarse one")
    assert strict >= 0.6
    assert coarse >= 0.8


def test_two_names_drawn_at_random_hardly_ever_sound_alike() -> None:
    persian = {*listed("persian_names/male_fa.txt"), *listed("persian_names/female_fa.txt")}
    latin = {line.split("\t")[0] for line in listed("arabnamer/pairs.tsv")}
    for name, names in (("persian", persian), ("latin", latin)):
        keys = Counter(name_key(one) for one in names)
        alike = sum(n * (n - 1) for n in keys.values()) / (len(names) * (len(names) - 1)) * 1e6
        print(f"{name}: {alike:.0f} of a million pairs of different names have one key")
        assert alike < 1_000


def test_a_key_is_made_in_no_time() -> None:
    first, last = listed("persian_names/male_fa.txt"), listed("persian_names/female_en.txt")
    names = [f"{a} {b}" for a in first[::4] for b in last[::4]]
    name_key(names[0])  # reads the lists
    began = time.process_time()
    for name in names:
        name_key.__wrapped__(name)
    print(f"{len(names) / (time.process_time() - began):,.0f} keys of two words per second of one core")
    began = time.process_time()
    name_key.__wrapped__("a" + "\u0301\u0323" * 100_000)
    assert time.process_time() - began < 1  # whatever its length


@pytest.mark.parametrize(
    "names",
    [
        ("محمد", "مُحَمَّد", "ﻣﺤﻤﺪ", "محـمد", "Mohammad", "Muhammad", "Mohamed", "MOHAMMED", "Mohamad"),
        ("علي كريمي", "علی کریمی", "علیّ کریمی", "Ali Karimi", "\u202bعلی کریمی\u202c", "\u200fعلی\u200e کریمی"),
        ("رضایی", "رضائی", "رضايي", "Rezaei", "Rezaee", "Rezai", "Reza'i"),
        ("حسین", "Hossein", "Hussein", "Hosein", "Husain"),
        ("فاطمه", "فاطمة", "Fatemeh", "Fateme", "Fatima"),
        ("احمد", "أحمد", "Ahmad", "Ahmed"),
        ("مژگان", "Mozhgan", "Mojgan"),
        ("غلامرضا", "Gholamreza", "Qolamreza"),
        ("اسحاق", "Es'hagh", "Es’haq"),
        ("عمر", "ʿUmar", "'Omar", "Omar"),
        ("شاهرخ", "Šāhrokh", "Shahrokh", "Şahrokh"),
        ("علی\u200cرضا", "علیرضا", "Alireza"),
    ],
    ids=lambda names: names[-1],
)
def test_one_name_in_all_its_writings_has_one_key(names: tuple[str, ...]) -> None:
    assert len({name_key(name) for name in names}) == 1


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("M. Rezaei", "Mohammad Rezaei"),
        ("م. رضایی", "Mohammad Rezaei"),
        ("Rezaei, M.", "محمد رضایی"),
        ("M.H. Karimi", "Mohammad Hossein Karimi"),
        ("S. Karimi", "شهرام کریمی"),
        ("Sh. Karimi", "شهرام کریمی"),
        ("A. Hamidi", "علی حمیدی"),
        ("رضازاده", "Reza Zadeh"),
        ("علی رضازاده", "Alireza Zadeh"),
        ("محمدعلی", "محمد علی"),
        ("Mohammadali Ahmadi", "محمد علی"),
        ("محمدرضا علیزاده", "Mohammad Reza Ali Zadeh"),
        ("فاطمه\u200cزهرا کریمی", "فاطمه زهرا"),
        ("سیدمحمد حسینی", "Mohammad Hosseini"),
        ("Rezaei Ali", "علی رضایی"),
        ("Ali", "علی رضایی"),
        ("Abdul Rahman", "عبدالرحمن"),
        ("دکتر علی رضایی", "Eng. Ali Rezaei"),
        ("خانم مهندس سارا احمدی", "Ms Sara Ahmadi"),
        ("Ali Rezaei <ali@example.com>", "علی رضایی"),
        ("Ali Rezaei", "علی مشتری جدید"),
    ],
)
def test_these_can_be_one_person(a: str, b: str) -> None:
    assert agree(a, b)
    assert agree(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Ali Rezaei", "Maryam Rezaei"),
        ("علی رضایی", "Maryam Rezaei"),
        ("علی رضایی", "مریم رضایی"),
        ("M. Rezaei", "Ali Rezaei"),
        ("S. Karimi", "Reza Karimi"),
        ("احمد", "حامد"),
        ("Sara Ahmadi", "Sara Hamidi"),
        ("Ali Reza Ahmadi", "Alireza Hamidi"),
        ("Ali Mehri", "Ali Mari"),
        ("Roya Ahmadi", "Reza Ahmadi"),  # a short key is no initial
        ("Ali Ali", "Ali Rezaei"),  # each word needs one to itself
        ("Sara Ava", "Sara Rezaei"),  # and a faint one is not lost in the word before it
        ("Иван Петров", "Пётр Иванов"),
    ],
)
def test_these_are_two(a: str, b: str) -> None:
    assert not agree(a, b)
    assert not agree(b, a)


def test_an_initial_takes_the_word_that_is_left_over() -> None:
    assert agree("Mohammad M.", "M. Mostafa")
    assert agree("M. Mostafa", "Mohammad M.")


@pytest.mark.parametrize(
    "written",
    [
        "", "Mom", "مامان", "مامان علی", "Ali's Dad", "مشتری", "مشتری جدید", "آقای", "آقای دکتر", "Dr.",
        "خانم\u200cمهندس", "Mr", "customer 12", "Test User", "unknown", "ناشناس", "admin", "نام خانوادگی",
        "ali@example.com", "<ali@example.com>", "@ali_rezaei", "+98 912 345 6789", "۰۹۱۲۳۴۵۶۷۸۹", "tel:+989123456789",
        "sip:100@pbx", "https://example.com/ali", "visitor 4F2A", "b7e2c1", "xxxx", "N/A", "س", "🙂", "-",
    ],
)  # fmt: skip
def test_this_is_no_name(written: str) -> None:
    assert name_key(written) == ()


def test_what_is_no_name_conflicts_with_nobody() -> None:
    assert agree("مشتری", "علی رضایی")
    assert agree("Ali", "Mom")


def test_a_title_written_into_a_word_is_none() -> None:
    assert name_key("آقای\u200cرضایی") == name_key("رضایی")
    assert name_key("سیدی") != ()  # Seyedi is a family


def test_a_block_key_knows_neither_order_nor_initials_nor_near_sounds() -> None:
    assert block_key("Rezaei, Parviz K.") == block_key("برویز رضایی")


@given(WRITTEN, WRITTEN)
def test_compatible_is_the_same_both_ways(a: str, b: str) -> None:
    assert agree(a, b) == agree(b, a)


@given(WRITTEN)
def test_every_name_is_compatible_with_itself(name: str) -> None:
    assert agree(name, name)
    assert agree(name, " ".join(reversed(name.split())))
    assert isinstance(block_key(name), tuple)


@given(st.permutations(PEOPLE), st.lists(st.sampled_from(["دکتر", "Mr.", "خانم", "customer"]), max_size=3))
def test_titles_change_nothing(people: list[str], titles: list[str]) -> None:
    assert name_key(" ".join([*titles, people[0]])) == name_key(people[0])


def test_family_members_conflict_pairwise() -> None:
    family = ["علی رضایی", "Maryam Rezaei", "حسن رضايي", "Zohreh Rezaee"]
    assert not any(agree(a, b) for a, b in combinations(family, 2))
