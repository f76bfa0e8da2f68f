#!/usr/bin/env python3
"""Verifies a case's dossier (案卷) by itself: python3 verify_dossier.py DOSSIER.zip [PUBLIC-KEY.pem]

Written from docs/evidence.md and the RFCs, not from hall-server: it needs nothing but Python's standard library, and for
the signatures `openssl` (3.0 or later) where it is installed.
"""
import base64, hashlib, json, shutil, subprocess, sys, tempfile, zipfile
from pathlib import Path


class Fault(Exception):
    pass


def must(holds, what):
    if not holds:
        raise Fault(what)


def sha256(data):
    return hashlib.sha256(data).digest()


def canonical(value):
    """RFC 8785, as far as dossiers go: their keys are ASCII and their numbers whole."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def root(leaf, index, size, path):
    """RFC 9162, section 2.1.3.2."""
    place, last, node = index, size - 1, leaf
    for beside in map(bytes.fromhex, path):
        must(last > 0, "a path is too long")
        if place % 2 or place == last:
            node = sha256(b"\1" + beside + node)
            while place % 2 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            node = sha256(b"\1" + node + beside)
        place, last = place >> 1, last >> 1
    must(last == 0 and index < size, "a path is too short")
    return node


def signed(files, name, signature, algorithm):
    """Whether `openssl` finds the signature good; None where it is not installed."""
    if not shutil.which("openssl"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        paths = {n: str(Path(folder, n.replace("/", "_"))) for n in (name, signature, "public-key.pem")}
        for n, path in paths.items():
            Path(path).write_bytes(files[n])
        sm2 = ["-digest", "sm3", "-pkeyopt", "distid:1234567812345678"] if algorithm == "sm2-sm3" else []
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", paths["public-key.pem"], "-rawin", *sm2,
                   "-in", paths[name], "-sigfile", paths[signature]]
        return subprocess.run(command, capture_output=True).returncode == 0


def verify(path, public_key=None):
    archive = zipfile.ZipFile(path)
    names = archive.namelist()
    must(len(names) == len(set(names)), "a name is there twice")
    files = {name: archive.read(name) for name in names}
    manifest, head, proof = (json.loads(files[name]) for name in ("manifest.json", "head.json", "proof.json"))

    der = base64.b64decode("".join(files["public-key.pem"].decode().split("-----")[2].split()))
    must(sha256(der).hex() == manifest["key"] == head["key"], "public-key.pem is not the key that signed")
    must(public_key is None or Path(public_key).read_bytes() == files["public-key.pem"], "public-key.pem is another key")
    for name, signature in (("manifest.json", "manifest.sig"), ("head.json", "head.sig")):
        good = signed(files, name, signature, manifest["algorithm"])
        must(good is not False, f"the signature of {name} does not fit")
        print(f"{name}: " + ("signed" if good else "SIGNATURE NOT CHECKED, openssl is not installed"))

    listed = [entry["path"] for entry in manifest["entries"]]
    must(names == listed + ["manifest.json", "manifest.sig"], "the entries are not the manifest's")
    for entry in manifest["entries"]:
        content = files[entry["path"]]
        must(sha256(content).hex() == entry["sha256"] and len(content) == entry["size"], f"{entry['path']} was changed")
    must(sha256(files["head.json"]).hex() == manifest["head"], "head.json is another head")

    halls = {hall["hall"]: hall for hall in head["halls"]}
    chains = {chain["hall"]: chain for chain in proof["chains"]}
    later = {(place["hall"], place["turn"]) for place in proof["later"]}
    events = [json.loads(line) for line in files["events.jsonl"].decode().split("\n")[:-1]]
    for event in events:
        digest, place = event.pop("hash"), f"event {event['turn']} of {event['hall']}"
        must(sha256(canonical(event)).hex() == digest, f"{place} was changed")
        about = ["case:" + manifest["case_no"], "signal:" + manifest["case_no"]]
        must(event["subject"] in about, f"{place} is about something else")
        signed_hall = halls.get(event["hall"], {"turn": 0})
        if (event["hall"], event["turn"]) in later:
            must(event["turn"] > signed_hall["turn"], f"{place} is not later than the head")
            continue
        chain = chains[event["hall"]]
        must((chain["size"], chain["root"]) == (signed_hall["turn"], signed_hall["root"]), "a root was not signed")
        path = next(e["path"] for e in chain["events"] if e["turn"] == event["turn"])
        leaf = sha256(b"\0" + bytes.fromhex(digest))
        reached = root(leaf, event["turn"] - 1, chain["size"], path)
        must(reached.hex() == chain["root"], f"{place} does not belong to the chain")
    print(f"case {manifest['case_no']}: {len(events)} events, {len(events) - len(later)} in the tree of head {head['sequence']}")


if __name__ == "__main__":
    try:
        verify(*sys.argv[1:3])
    except (Fault, KeyError, ValueError, StopIteration, zipfile.BadZipFile) as fault:
        sys.exit(f"does not hold: {fault or type(fault).__name__}")
