"""What people type meets what stands in the text."""

from __future__ import annotations

import re
import sqlite3
from timeit import timeit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kembar.engines.languages import (
    deletes,
    distance,
    nearest,
    plain,
    query_tokens,
    roots,
    tokens,
    words,
)

SAFE = re.compile("[a-z0-9]+|[\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]+")

letters = st.text("abcdeinr", min_size=3, max_size=12)
sentences = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("abcdefghijklmnopqrstuvwxyz ' -江西省签署'’é"),
    ),
    max_size=60,
)


def finds(query: str, text: str) -> bool:
    kept = set(tokens(text))
    return all(kept & set(group) for group in query_tokens(query))


# Tala (2003), the examples beside his five tables of affixes.
TALA = """
mengukur ukur, menyapu sapu, menduga duga, menuduh tuduh, membaca baca, merusak rusak,
pengukur ukur, penyapu sapu, penduga duga, pembaca baca, diukur ukur, tersapu sapu,
kekasih kasih, berlari lari, belajar ajar, bekerja kerja, perjelas jelas, pelajar ajar,
tarikkan tarik, mengambilkan ambil, makanan makan, perjanjian janji, mendapati dapat,
bukunya buku
"""


@pytest.mark.parametrize("pair", TALA.replace("\n", " ").strip().split(", "))
def test_a_word_has_the_root_that_tala_gives(pair: str) -> None:
    word, root = pair.split()

    assert root in roots(word)


# By hand: each line holds forms of one word, of which any finds any other.
FAMILIES = """
janji perjanjian menjanjikan dijanjikan perjanjiannya
kunjung kunjungan berkunjung mengunjungi dikunjungi pengunjung kunjungannya
ikan perikanan
tani pertanian petani bertani
budaya kebudayaan berbudaya membudayakan
perintah pemerintah pemerintahan memerintah diperintah
kerja bekerja pekerja pekerjaan mengerjakan dikerjakan
tandatangan penandatanganan menandatangani ditandatangani bertandatangan
didik pendidikan mendidik pendidik berpendidikan
kembang perkembangan pengembangan mengembangkan dikembangkan berkembang
selenggara penyelenggaraan menyelenggarakan diselenggarakan penyelenggara
tanggungjawab pertanggungjawaban mempertanggungjawabkan bertanggungjawab
daya pemberdayaan memberdayakan berdaya
lanjut berkelanjutan keberlanjutan melanjutkan dilanjutkan kelanjutan
tari menari penari tarian
nilai menilai penilaian dinilai
rumah perumahan merumahkan
rencana perencanaan merencanakan berencana direncanakan terencana
lapor laporan melaporkan pelaporan dilaporkan pelapor laporannya
ekonomi perekonomian
ajar belajar pelajar pelajaran mempelajari pembelajaran mengajar pengajaran
tugas petugas penugasan ditugaskan bertugas menugaskan
sehat kesehatan menyehatkan
bangun pembangunan membangun dibangun bangunan
sahabat persahabatan bersahabat
tukar pertukaran bertukar menukar penukaran
kuat memperkuat penguatan menguatkan diperkuat kekuatan
dagang perdagangan pedagang berdagang
hubung hubungan perhubungan berhubungan menghubungi
atur peraturan mengatur diatur aturan pengaturan
setuju persetujuan menyetujui disetujui
sepakat kesepakatan bersepakat menyepakati
undang undangan mengundang diundang
runding perundingan berunding merundingkan
pulau kepulauan
tahu mengetahui pengetahuan diketahui
nyata pernyataan menyatakan kenyataan
sah pengesahan mengesahkan disahkan
pantau pemantauan memantau dipantau
tutup penutupan menutup ditutup
temu pertemuan bertemu menemui
panjang perpanjangan memperpanjang diperpanjang
mitra kemitraan bermitra
tanam penanaman menanam ditanam
kelola pengelolaan mengelola dikelola
adat peradatan
air perairan pengairan
province provinces
city cities
port ports
process processes
"""


@pytest.mark.parametrize("family", FAMILIES.strip().splitlines())
def test_each_form_of_a_word_finds_the_others(family: str) -> None:
    forms = family.split()

    lost = [(query, text) for query in forms for text in forms if not finds(query, text)]

    assert lost == []


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("teri", "menteri"),
        ("pala", "kepala dinas"),
        ("masa", "masalah"),
        ("ikan", "memberikan berikan diberikan"),
        ("selat", "Kalimantan Selatan"),
        ("strict", "district"),
        ("Dali", "Dalian"),
        ("malu", "Maluku"),
        ("lapa", "kelapa sawit"),
        ("kerja", "sama"),
        ("江西", "江苏 西藏"),
        ("山西", "西山"),
        ("西安", "江西 安徽"),
    ],
)
def test_words_that_only_look_alike_do_not_meet(query: str, text: str) -> None:
    assert not finds(query, text)


# What letters alone cannot tell; a dictionary would mend each.
@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("makan", "pemakanan bermakan-makanan termakankah"),
        ("nyala", "menyalakan"),
        ("ganti", "gantikan"),
        ("江西", "江\u3000西"),
        ("國", "国"),
    ],
)
def test_what_is_known_to_be_missed_or_found_is_written_down(query: str, text: str) -> None:
    known = {"makan": True, "nyala": False, "ganti": True, "江西": False, "國": False}

    assert finds(query, text) is known[query]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("jose", "José"),
        ("JOSÉ", "jose"),
        ("jinggangshan", "Jing'gangshan"),
        ("Xi’an", "Xi'an"),
        ("xian", "Xi´an"),
        ("indonesia", "se-Indonesia"),
        ("se-Indonesia", "se Indonesia"),
        ("江西", "中国江西省南昌市"),
        ("西", "江西"),
        ("江西 2025", "2025年江西省"),
        ("2025年", "于2025年11月签署"),
        ("ＡＢＣ", "abc"),
        ("⼈民", "人民"),
        ("kerjasama", "kerja sama provinsi"),
        ("kerja sama", "kerjasama provinsi"),
        ("bekerja sama", "bekerjasama"),
        ("penandatanganan", "tanda tangan"),
        ("tanda tangan", "penandatanganan naskah"),
        ("tindak lanjut", "menindaklanjuti"),
        ("province", "the province's ports"),
        ("Koebenhavn", "København Koebenhavn"),
        ("strasse", "Straße"),
        ("cooper\u00adation", "cooperation"),
        ("Istanbul", "İSTANBUL"),
        ("〇", "二〇二五年"),
    ],
)
def test_a_word_is_found_however_it_is_written(query: str, text: str) -> None:
    assert finds(query, text)


def test_a_text_becomes_words_roots_characters_and_pairs() -> None:
    assert tokens("Perjanjian kota 江西省") == [
        *("perjanjian", "qzjanji", "kota"),
        *("江", "江西", "西", "西省", "省"),
    ]


def test_a_query_is_all_of_its_words_in_any_of_their_forms() -> None:
    assert query_tokens("kunjungan 江西省 西") == [
        ("kunjungan", "qzkunjungan", "kunjung", "qzkunjung"),
        ("江西",),
        ("西省",),
        ("西",),
    ]


def test_words_for_the_speller_have_no_roots_and_no_chinese() -> None:
    assert words("Perjanjian José, 2025年 江西") == ["perjanjian", "jose", "2025"]


def test_a_text_without_words_has_no_tokens() -> None:
    assert tokens(" .,!? —  ") == []
    assert query_tokens("") == []


def test_an_endless_word_is_cut_so_that_the_databases_take_it() -> None:
    assert max(map(len, tokens("a" * 5000 + " " + "x" * 5000))) == 64
    assert finds("a" * 5000, "a" * 5000)


@given(sentences)
def test_every_token_is_safe_for_both_databases(text: str) -> None:
    found = [*tokens(text), *(form for group in query_tokens(text) for form in group)]

    assert all(SAFE.fullmatch(token) for token in found)


@given(sentences)
def test_every_word_for_the_speller_is_a_token(text: str) -> None:
    assert set(words(text)) <= set(tokens(text))


@given(sentences)
@example("kerjasama penandatanganan")
@example("Jing'gangshan")
def test_a_text_is_found_by_itself(text: str) -> None:
    assert finds(text, text)


@given(st.lists(sentences, min_size=1, max_size=5), st.data())
def test_a_text_is_found_by_any_of_its_pieces(pieces: list[str], data: st.DataObject) -> None:
    piece = data.draw(st.sampled_from(pieces))

    assert finds(piece, " ".join(pieces))


@given(st.text("江西省南昌市", min_size=1, max_size=12), st.data())
def test_chinese_is_found_by_any_part_of_a_run(run: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(run) - 1))
    end = data.draw(st.integers(start + 1, len(run)))

    assert finds(run[start:end], run)


@given(st.text("abegikmnprstuy", min_size=1, max_size=16))
def test_a_root_is_another_word_of_four_letters_or_more(word: str) -> None:
    found = roots(word)

    assert word not in found
    assert all(len(root) >= 4 for root in found)
    assert len(set(found)) == len(found)


@given(st.text(max_size=30))
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert tokens(plain(text)) == tokens(text)


def test_sqlite_finds_the_tokens_unquoted() -> None:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE t USING fts5(words, tokenize='unicode61')")
    text = "Penandatanganan kerja sama NOT AND NEAR dengan 江西省 〇々 \U00020000 2025"
    database.execute("INSERT INTO t VALUES (?)", [" ".join(tokens(text))])

    def matches(query: str) -> int:
        groups = " AND ".join(f"({' OR '.join(group)})" for group in query_tokens(query))
        return len(database.execute("SELECT * FROM t WHERE t MATCH ?", [groups]).fetchall())

    assert all(matches(word) == 1 for word in text.split())
    assert matches("江省") == 0


def test_a_text_of_sixty_words_takes_little_time() -> None:
    text = "Penandatanganan kerja sama antara Pemerintah Provinsi dan 江西省 pada 2025 " * 6
    tokens(text)

    seconds = timeit(lambda: tokens(text), number=200) / 200

    assert seconds < 300e-6  # five times what was asked, for a busy machine


def test_the_words_left_by_one_letter_are_these() -> None:
    assert deletes("kota") == {"kota", "ota", "kta", "koa", "kot"}
    assert deletes("dua") == {"dua"}


def test_a_long_word_gives_few_keys() -> None:
    # Of 8 different letters: 1 + 8 + 28, and the word itself.
    assert len(deletes("abcdefghijkl")) == 38


# Optimal string alignment by hand; "ca" and "abc" part it from Damerau's unrestricted one.
@pytest.mark.parametrize(
    ("a", "b", "apart"),
    [
        ("kupang", "kupang", 0),
        ("kupang", "kupnag", 1),
        ("kupang", "kupng", 1),
        ("kupang", "kuppang", 1),
        ("kupang", "kubang", 1),
        ("ca", "abc", 3),
        ("kitten", "sitting", 3),
        ("", "abc", 3),
        ("abcd", "badc", 2),
    ],
)
def test_the_distance_counts_letters_in_out_changed_and_swapped(a: str, b: str, apart: int) -> None:
    assert distance(a, b, 5) == apart


def test_a_distance_above_the_limit_is_only_said_to_be_above() -> None:
    assert distance("nanchang", "kupang", 2) == 3
    assert distance("a", "abcdefgh", 2) == 3


@given(letters, letters, st.integers(0, 12))
def test_the_distance_is_the_same_from_both_sides(a: str, b: str, limit: int) -> None:
    apart = distance(a, b, limit)

    assert apart == distance(b, a, limit)
    assert 0 <= apart <= limit + 1
    assert (apart == 0) == (a == b)
    assert apart == min(distance(a, b, 99), limit + 1)


def mistype(data: st.DataObject, word: str) -> str:
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("abcdeinr"))
    return data.draw(
        st.sampled_from(
            [
                word[:at] + letter + word[at:],
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
            ]
        )
    )


@given(st.text("abcdeinr", min_size=4, max_size=14), st.data())
def test_words_one_mistake_apart_share_a_key(word: str, data: st.DataObject) -> None:
    wrong = mistype(data, word)

    assert distance(word, wrong, 1) <= 1
    assert deletes(word) & deletes(wrong)


@given(st.text("abcdeinr", min_size=8, max_size=14), st.data())
def test_long_words_two_mistakes_apart_share_a_key(word: str, data: st.DataObject) -> None:
    wrong = mistype(data, mistype(data, word))

    if distance(word, wrong, 2) <= 2:
        assert deletes(word) & deletes(wrong)
        assert nearest(word, [wrong]) == [wrong]


def test_the_nearest_words_come_by_distance_then_alphabet() -> None:
    known = ["kupang", "kubang", "kumpang", "nanchang", "padang"]

    assert nearest("kupang", known) == ["kupang", "kubang", "kumpang"]
    assert nearest("pertannian", ["pertanian", "perkotaan"]) == ["pertanian"]
    assert nearest("perikanna", ["perikanan", "pertanian"]) == ["perikanan"]


def test_a_short_word_is_not_corrected() -> None:
    assert nearest("dan", ["dana", "dan", "dari"]) == ["dan"]
