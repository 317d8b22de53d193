"""Databases of rpm with made-up packages, in each form and of any size: headers as rpm has them, with lists of files and their digests.

    tests/e2e/rpmdb.py MEGABYTES [sqlite|ndb|bdb] FILE
"""
import random
import sqlite3
import struct
import sys
from pathlib import Path

INT16, INT32, STRING, ARRAY = 3, 4, 6, 8
WORDS = "core data config runtime common utils plugin server client devel static locale module driver cache".split()


def header(tags):
    """{tag: (type, values)} as a header blob: index entries, then the data."""
    index, data = b"", b""
    for tag, (kind, values) in sorted(tags.items()):
        size = {INT16: 2, INT32: 4}.get(kind)
        if size:
            data += bytes(-len(data) % size)
        index += struct.pack(">4i", tag, kind, len(data), len(values))
        data += b"".join(value.to_bytes(size, "big") for value in values) if size else b"".join(value.encode() + b"\0" for value in values)
    return struct.pack(">2i", len(index) // 16, len(data)) + index + data


def package(chance, number, files):
    """A package with so many files."""
    name = f"{chance.choice(WORDS)}-{chance.choice(WORDS)}{number}"
    folders = [f"/usr/{chance.choice(['lib64', 'share', 'libexec'])}/{name}/{chance.choice(WORDS)}/" for _ in range(1 + files // 12)]
    texts = [" ".join(chance.choice(WORDS) for _ in range(8)) for _ in range(10)]
    return header({
        1000: (STRING, [name]), 1001: (STRING, [f"{number % 9}.{number % 31}"]), 1002: (STRING, ["3.el9"]), 1004: (9, [texts[0]]),
        1005: (9, ["\n".join(texts)]), 1006: (INT32, [1700000000 + number]), 1009: (INT32, [files * 5000]), 1011: (STRING, ["Made Up"]),
        1014: (STRING, ["MIT and GPLv2+"]), 1022: (STRING, ["x86_64"]), 1044: (STRING, [f"{name}-{number % 9}.{number % 31}-3.el9.src.rpm"]),
        1028: (INT32, [chance.randrange(1 << 17) for _ in range(files)]), 1030: (INT16, [0o100644] * files), 1033: (INT16, [0] * files),
        1034: (INT32, [1690000000] * files), 1035: (ARRAY, [chance.randbytes(32).hex() for _ in range(files)]), 1036: (ARRAY, [""] * files),
        1037: (INT32, [0] * files), 1039: (ARRAY, ["root"] * files), 1040: (ARRAY, ["root"] * files),
        1047: (ARRAY, [name, f"{name}(x86-64)"]), 1049: (ARRAY, [f"lib{word}.so.{number % 4}()(64bit)" for word in WORDS]),
        1080: (INT32, [1690000000 - 86400 * i for i in range(5)]), 1082: (ARRAY, texts[:5]),
        1095: (INT32, [1] * files), 1096: (INT32, list(range(files))), 1097: (ARRAY, [""] * files),
        1116: (INT32, sorted(chance.randrange(len(folders)) for _ in range(files))),
        1117: (ARRAY, [f"{chance.choice(WORDS)}_{chance.choice(WORDS)}{i}.so" for i in range(files)]), 1118: (ARRAY, folders),
        1140: (INT32, [0] * files), 1141: (INT32, [0] * files),
    })


def packages(megabytes, seed=1):
    """Headers until there are so many bytes: most packages are small, some have thousands of files."""
    chance, left = random.Random(seed), megabytes * 1_000_000
    for number in range(1, 1 << 30):
        blob = package(chance, number, min(6000, int(chance.paretovariate(0.8) * 12)))
        left -= len(blob)
        yield blob
        if left <= 0:
            return


def sqlite(place, blobs, page_size=4096, again=0):
    """As rpm makes it, with its indexes; so many of the packages are written anew, as updates do, so that rows lie anywhere."""
    with sqlite3.connect(place) as database:
        database.execute(f"PRAGMA page_size = {page_size}")
        database.execute("CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT,blob BLOB NOT NULL)")
        for name in ("Name", "Basenames", "Providename", "Requirename", "Dirnames"):
            database.execute(f"CREATE TABLE '{name}' (key 'TEXT' NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL, FOREIGN KEY (hnum) REFERENCES 'Packages'(hnum))")
            database.execute(f"CREATE INDEX '{name}_key_idx' ON '{name}'(key ASC)")
        for number, blob in enumerate(blobs, 1):
            database.execute("INSERT INTO Packages VALUES (?, ?)", (number, blob))
            database.executemany("INSERT INTO Basenames VALUES (?, ?, ?)", [(f"{number * i % 9973}.so", number, i) for i in range(len(blob) // 250)])
        database.commit()
        chance = random.Random(3)
        for number in chance.sample(range(1, number + 1), min(again, number)):
            (blob,) = database.execute("SELECT blob FROM Packages WHERE hnum = ?", (number,)).fetchone()
            database.execute("DELETE FROM Packages WHERE hnum = ?", (number,))
            database.execute("INSERT INTO Packages VALUES (?, ?)", (number, blob))
            database.commit()
    database.close()


def ndb(place, blobs, shuffled=False):
    """The slots name the blobs in their order, or in any."""
    blobs = list(blobs)
    pages = (len(blobs) + 2) * 16 // 4096 + 1
    head, slots, data = struct.pack("<4s7I", b"RpmP", 0, 1, pages, len(blobs) + 1, 0, 0, 0), [], []
    at = pages * 4096
    for number, blob in enumerate(blobs, 1):
        body = struct.pack("<4s3I", b"BlbS", number, 1, len(blob)) + blob
        body += bytes(-(len(body) + 12) % 16) + struct.pack("<2I4s", 0, len(blob), b"BlbE")
        slots.append(struct.pack("<4s3I", b"Slot", number, at // 16, len(body) // 16))
        data.append(body)
        at += len(body)
    slots += [struct.pack("<4s3I", b"Slot", 0, 0, 0)] * (pages * 256 - 2 - len(slots))
    if shuffled:
        random.Random(5).shuffle(slots)
    Path(place).write_bytes(head + b"".join(slots + data))


def bdb(place, blobs, page_size=4096, shuffled=False):
    """A hash of Berkeley DB whose values all lie on overflow pages, one behind the other or anywhere; the pages that name them are the last."""
    blobs, room = list(blobs), page_size - 26
    counts = [-(-len(blob) // room) for blob in blobs]
    numbers = list(range(1, sum(counts) + 1))
    if shuffled:
        random.Random(5).shuffle(numbers)
    pages, entries, taken = [b""] * (len(numbers) + 1), [], 0
    for number, (blob, count) in enumerate(zip(blobs, counts), 1):
        chain = [0, *numbers[taken:taken + count], 0]
        taken += count
        for i in range(count):
            part = blob[i * room:(i + 1) * room]
            pages[chain[i + 1]] = struct.pack("<8x3IHHBB", chain[i + 1], chain[i], chain[i + 2], 1, len(part), 0, 7) + part.ljust(room, b"\0")
        entries.append((struct.pack("<BI", 1, number), struct.pack("<B3xII", 3, chain[1], len(blob))))
    for begin in range(0, len(entries), page_size // 80):
        offsets, end, body = [], page_size, bytearray(page_size)
        for item in (item for entry in entries[begin:begin + page_size // 80] for item in entry):
            end -= len(item)
            body[end:end + len(item)] = item
            offsets.append(end)
        body[:26] = struct.pack("<8x3IHHBB", len(pages), 0, 0, len(offsets), end, 0, 13)
        body[26:26 + 2 * len(offsets)] = struct.pack(f"<{len(offsets)}H", *offsets)
        pages.append(bytes(body))
    pages[0] = struct.pack("<8x4I4B2I", 0, 0x61561, 9, page_size, 0, 8, 0, 0, 0, len(pages) - 1).ljust(page_size, b"\0")
    Path(place).write_bytes(b"".join(pages))


FORMS = {"sqlite": sqlite, "ndb": ndb, "bdb": bdb}
PLACES = {"sqlite": "var/lib/rpm/rpmdb.sqlite", "ndb": "usr/lib/sysimage/rpm/Packages.db", "bdb": "var/lib/rpm/Packages"}

if __name__ == "__main__":
    FORMS[sys.argv[2] if len(sys.argv) > 3 else "sqlite"](sys.argv[-1], packages(int(sys.argv[1])))
