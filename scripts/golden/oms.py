"""Exchange OpenSSF Model Signing bundles with model_signing 1.1.1, and record what it does where specifications leave room.

    PYTHONPATH=… python3 scripts/golden/oms.py [--write]

Needs model_signing 1.1.1 (sigstore/model-transparency e343073) and a build of this package. First both sign the tree
of fixtures/oms/model_signing-1.1.1/tree.json with every curve and method and each verifies the other's bundles; then
bundles for each documented divergence are shown to model_signing. With --write the bundles that model_signing made
become the fixtures of test/oms/model-signing.test.ts, and those with odd certificates the ones of
test/oms/chains.test.ts. Not needed in CI. Keyless signatures need a network and are
left out.
"""
import base64
import datetime
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

import cryptography
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from google.protobuf import __version__ as protobuf_version

import model_signing
from model_signing import hashing, signing, verifying

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures/oms/model_signing-1.1.1"
CHAINS = ROOT / "fixtures/oms/chains"
ASSAY = ["node", str(ROOT / "dist/esm/cli/main.js")]
CURVES = {"p256": ec.SECP256R1(), "p384": ec.SECP384R1(), "p521": ec.SECP521R1()}
SHARD = 7
NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
TYPE = "application/vnd.in-toto+json"
HASH = {256: hashes.SHA256, 384: hashes.SHA384, 521: hashes.SHA512}


def private_pem(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                             serialization.NoEncryption())


def public_pem(key):
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def usage(*, sign=False, certify=False):
    return x509.KeyUsage(sign, False, not (sign or certify), False, False, certify, certify, False, False)


CODE = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING])
SERVER = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
LEAF = ((usage(sign=True), True), (CODE, False))


def certificate(name, key, issuer, *, ca=False, length=None, days=30 * 365, start=-100, extensions=None):
    """issuer is (certificate or None, key); start and days count from NOW."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (x509.CertificateBuilder().subject_name(subject).public_key(key.public_key())
               .issuer_name(issuer[0].subject if issuer[0] else subject).serial_number(x509.random_serial_number())
               .not_valid_before(NOW + datetime.timedelta(days=start))
               .not_valid_after(NOW + datetime.timedelta(days=start + days))
               .add_extension(x509.BasicConstraints(ca, length), True))
    for extension, critical in extensions if extensions is not None else ((usage(certify=True), True),) if ca else LEAF:
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer[1], hashes.SHA256())


def pem(*certificates):
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in certificates)


def pae(payload):
    return b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE.encode(), len(payload), payload)


def bundle_of(statement, key, material=None):
    payload = json.dumps(statement).encode()
    sig = key.sign(pae(payload), ec.ECDSA(HASH[key.curve.key_size]()))
    hint = hashlib.sha256(public_pem(key)).hexdigest()
    return json.dumps({
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {**(material or {"publicKey": {"hint": hint}}), "tlogEntries": []},
        "dsseEnvelope": {"payload": base64.b64encode(payload).decode(), "payloadType": TYPE,
                         "signatures": [{"sig": base64.b64encode(sig).decode(), "keyid": ""}]}})


def statement_of(resources, serialization=None, algorithm="sha256"):
    root = hashlib.sha256(b"".join(bytes.fromhex(digest) for _, digest in resources)).hexdigest()
    return {"_type": "https://in-toto.io/Statement/v1", "subject": [{"name": "model", "digest": {"sha256": root}}],
            "predicateType": "https://model_signing/signature/v1.0",
            "predicate": {"resources": [{"name": name, "algorithm": algorithm, "digest": digest}
                                        for name, digest in resources],
                          "serialization": serialization or {"method": "files", "hash_type": "sha256",
                                                             "allow_symlinks": False}}}


def their_verdict(model, signature, *, key=None, root=None, config=None):
    verifier = verifying.Config()
    verifier = (verifier.use_elliptic_key_verifier(public_key=key) if key
                else verifier.use_certificate_verifier(certificate_chain=[root]))
    if config:
        verifier.set_hashing_config(config)
    try:
        verifier.verify(model, signature)
        return "verified"
    except Exception as error:  # noqa: BLE001 every refusal is an answer
        return f"refused: {type(error).__name__} {error}".splitlines()[0][:110]


def our_verdict(model, signature, *, key=None, root=None):
    trust = ["--key", str(key)] if key else ["--ca", str(root)]
    run = subprocess.run([*ASSAY, "verify-model", str(model), "--signature", str(signature), *trust, "--json"],
                         capture_output=True, text=True, check=False)
    found = json.loads(run.stdout)
    codes = [finding["code"] for finding in found.get("findings", [])] or [found.get("error", {}).get("code", "")]
    return "verified" + (f" with {', '.join(codes)}" if codes != [""] else "") if found.get("ok") \
        else f"refused: {', '.join(codes)}"


def chain_of(*certificates):
    return {"x509CertificateChain": {"certificates": [
        {"rawBytes": base64.b64encode(one.public_bytes(serialization.Encoding.DER)).decode()} for one in certificates]}}


def sha(text):
    return hashlib.sha256(text).hexdigest()


class Workshop:
    """A folder with keys, certificates and the tree."""

    def __init__(self, folder):
        self.folder = folder
        self.model = folder / "model"
        for path, text in json.loads((FIXTURES / "tree.json").read_text()).items():
            self.put(self.model / path, text.encode("utf-8", "surrogatepass"))
        root_key, self.ca_key = (ec.generate_private_key(ec.SECP384R1()) for _ in range(2))
        root = certificate("root", root_key, (None, root_key), ca=True)
        self.top = (root, root_key)
        self.ca = certificate("intermediate", self.ca_key, self.top, ca=True)
        self.root = self.put(folder / "root.pem", pem(root))
        self.middle = self.put(folder / "middle.pem", pem(self.ca))
        self.keys = {curve: ec.generate_private_key(shape) for curve, shape in CURVES.items()}
        for curve, key in self.keys.items():
            self.put(folder / f"{curve}.key", private_pem(key))
            self.put(folder / f"{curve}.pub", public_pem(key))
            leaf = certificate(f"signer {curve}", key, (self.ca, self.ca_key))
            self.put(folder / f"{curve}.crt", pem(leaf))
            self.put(folder / f"{curve}.chain", pem(leaf, self.ca, root))

    @staticmethod
    def put(path, content):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def sign_ours(self, curve, method, model=None, name=None):
        out = self.folder / (name or f"ours-{curve}-{method}.sig")
        chain = ["--certificate-chain", str(self.folder / f"{curve}.chain")] if method == "certificate" else []
        subprocess.run([*ASSAY, "sign-model", str(model or self.model), "--key", str(self.folder / f"{curve}.key"),
                        *chain, "-o", str(out)], check=True, capture_output=True)
        return out

    def sign_theirs(self, curve, method, config, name):
        out = self.folder / f"{name}.sig"
        signer = signing.Config().set_hashing_config(config)
        if method == "certificate":
            signer.use_certificate_signer(private_key=self.folder / f"{curve}.key",
                                          signing_certificate=self.folder / f"{curve}.crt",
                                          certificate_chain=[self.middle])
        else:
            signer.use_elliptic_key_signer(private_key=self.folder / f"{curve}.key")
        signer.sign(self.model, out)
        return out

    def trust(self, curve, method):
        return {"root": self.root} if method == "certificate" else {"key": self.folder / f"{curve}.pub"}

    def both(self, label, resources, model, serialization=None, algorithm="sha256", config=None):
        """Hand-made statement, both verdicts."""
        statement = statement_of(resources, serialization, algorithm)
        signature = self.put(self.folder / "made.sig", bundle_of(statement, self.keys["p256"]))
        trust = {"key": self.folder / "p256.pub"}
        print(f"{label}\n  model_signing  {their_verdict(model, signature, config=config, **trust)}\n"
              f"  assay          {our_verdict(model, signature, **trust)}")


def exchange(shop, write):
    for curve in CURVES:
        for method in ("key", "certificate"):
            trust = shop.trust(curve, method)
            print(f"ours   {curve} {method:11} files   read by model_signing: "
                  f"{their_verdict(shop.model, shop.sign_ours(curve, method), **trust)}")
            kinds = {"files": hashing.Config(), "shards": hashing.Config().use_shard_serialization(shard_size=SHARD),
                     "blake2b": hashing.Config().use_file_serialization(hashing_algorithm="blake2")}
            for kind, config in kinds.items():
                name = f"{curve}-{method}-{kind}"
                made = shop.sign_theirs(curve, method, config, name)
                print(f"theirs {curve} {method:11} {kind:7} read by assay: {our_verdict(shop.model, made, **trust)}; "
                      f"by model_signing: {their_verdict(shop.model, made, **trust)}")
                if write:
                    (FIXTURES / f"{name}.sig").write_bytes(made.read_bytes())
        if write:
            for suffix in ("pub", "key", "chain"):
                (FIXTURES / f"{curve}.{suffix}.pem").write_bytes((shop.folder / f"{curve}.{suffix}").read_bytes())
    if write:
        (FIXTURES / "root.pem").write_bytes(shop.root.read_bytes())
        for name, bundle in chains(shop).items():
            (CHAINS / f"{name}.sig").write_text(bundle)


def divergences(shop):
    folder, key = shop.folder, {"key": shop.folder / "p256.pub"}
    ordered = folder / "ordered"
    for name in ("a-b", "a.txt", "a/b"):
        shop.put(ordered / name, name)
    digests = {name: sha(name.encode()) for name in ("a-b", "a.txt", "a/b")}
    shop.both("1 order by code point", sorted(digests.items()), ordered)
    shop.both("1 order by path component", [(name, digests[name]) for name in ("a/b", "a-b", "a.txt")], ordered)
    shop.both("1 no order", [(name, digests[name]) for name in ("a.txt", "a/b", "a-b")], ordered)
    text = b"x" * 80
    shards = folder / "shards"
    shop.put(shards / "w", text)
    rows = [(f"w:{i}:{min(i + 7, 80)}", sha(text[i:i + 7])) for i in range(0, 80, 7)]
    method = {"method": "shards", "hash_type": "sha256", "shard_size": 7, "allow_symlinks": False}
    shop.both("2 twelve shards by number", rows, shards, method)
    shop.both("2 twelve shards by text", sorted(rows), shards, method)
    theirs = "sha256-sharded-7"
    shop.both("2 twelve shards by number, algorithm as model_signing names it", rows, shards, method, theirs)
    shop.both("2 twelve shards by text, algorithm as model_signing names it", sorted(rows), shards, method, theirs)
    shop.both("2 shard_size as model_signing writes it", rows, shards, {**method, "shard_size": 7.0}, theirs)
    single = shop.put(folder / "single" / "weights.bin", "w")
    shop.both("3 single file as .", [(".", sha(b"w"))], single)
    shop.both("3 single file by name", [("weights.bin", sha(b"w"))], single)
    colon = folder / "colon"
    shop.put(colon / "w:1", "colon")
    shop.both("4 colon in a shard", [("w:1:0:5", sha(b"colon"))], colon, method)
    expiry(shop)
    shop.put(folder / "blake" / "a", "a")
    for kind in ("blake2", "blake2b"):
        shop.both(f"6 hash_type {kind}", [("a", hashlib.blake2b(b"a").hexdigest())], folder / "blake",
                  {"method": "files", "hash_type": kind, "allow_symlinks": False}, kind)
    pair = folder / "pair"
    shop.put(pair / "good", "good")
    shop.both("8 duplicate name, last good", [("good", sha(b"evil")), ("good", sha(b"good"))], pair)
    shop.both("8 duplicate name, last evil", [("good", sha(b"good")), ("good", sha(b"evil"))], pair)
    shop.both("8 renamed, same root digest", [("other", sha(b"good"))], pair)
    hooks = folder / "hooks"
    shop.put(hooks / "w", "w")
    shop.put(hooks / ".git/hooks/post-checkout", "anything")
    shop.both("9 .git unseen", [("w", sha(b"w"))], hooks)
    shop.both("13 ignore path '.'", [("good", sha(b"good"))], pair,
              {"method": "files", "hash_type": "sha256", "allow_symlinks": False, "ignore_paths": ["."]})
    shop.both("11 upper-case digest", [("good", sha(b"good").upper())], pair)
    foreign_hint(shop, pair, key)
    links = folder / "links"
    shop.put(links / "w", "w")
    shop.put(folder / "elsewhere" / "x", "x")
    (links / "parts").symlink_to(folder / "elsewhere")
    allowed = {"method": "files", "hash_type": "sha256", "allow_symlinks": True}
    shop.both("14 link to a folder outside, links allowed", [("w", sha(b"w"))], links, allowed)
    follow = hashing.Config().set_allow_symlinks(True)
    shop.both("14 the same, and model_signing told to follow links", [("w", sha(b"w"))], links, allowed, config=follow)
    bare = [(name, sha(name.encode())) for name in ("a", "b")]
    for name, _ in bare:
        shop.put(folder / "bare" / name, name)
    shop.both("13 ignore path '.' and an unsigned file", bare[:1], folder / "bare",
              {"method": "files", "hash_type": "sha256", "allow_symlinks": False, "ignore_paths": ["."]})


def expiry(shop):
    model = shop.folder / "pair"
    shop.put(model / "good", "good")
    for name in ("expired", "web-server"):
        made = shop.put(shop.folder / "made.sig", chains(shop)[name])
        print(f"5 certificate: {name}\n  model_signing  {their_verdict(model, made, root=shop.root)}\n"
              f"  assay          {our_verdict(model, made, root=shop.root)}")


def chains(shop):
    """Bundles over one file `good` whose chains are wrong in one way each, and some that are not."""
    signer, other = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    middle = (shop.ca, shop.ca_key)

    def leaf(issuer=middle, **options):
        return certificate("leaf", signer, issuer, **options)

    def authority(name="other", issuer=shop.top, key=other, **options):
        return certificate(name, key, issuer, **{"ca": True, **options}), key

    foreign = authority("root", (None, other))
    narrow = authority("narrow", length=0)
    below = ec.generate_private_key(ec.SECP256R1())
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")
    no_authority = authority(ca=False, extensions=())
    cannot_certify = authority(extensions=((usage(sign=True), True),))
    old = authority(days=30)
    web = authority(extensions=((usage(certify=True), True), (SERVER, False)))
    deep = authority("deep", narrow, below)
    rsa_key = rsa.generate_private_key(65537, 2048)
    made = {
        "good": chain_of(leaf(), shop.ca),
        "root-included": chain_of(leaf(), shop.ca, shop.top[0]),
        "unordered": chain_of(leaf(), foreign[0], narrow[0], shop.ca),
        "expired": chain_of(leaf(start=-60, days=30), shop.ca),
        "not-yet-valid": chain_of(leaf(start=3000), shop.ca),
        "expired-authority": chain_of(leaf(old), old[0]),
        "web-server": chain_of(leaf(extensions=((usage(sign=True), True), (SERVER, False))), shop.ca),
        "no-signatures": chain_of(leaf(extensions=((usage(), True), (CODE, False))), shop.ca),
        "no-use-stated": chain_of(leaf(extensions=()), shop.ca),
        "web-authority": chain_of(leaf(web), web[0]),
        "not-a-ca": chain_of(leaf(no_authority), no_authority[0]),
        "may-not-certify": chain_of(leaf(cannot_certify), cannot_certify[0]),
        "path-too-long": chain_of(leaf(deep), deep[0], narrow[0]),
        "critical-unknown": chain_of(leaf(extensions=(*LEAF, (unknown, True))), shop.ca),
        "harmless-unknown": chain_of(leaf(extensions=(*LEAF, (unknown, False))), shop.ca),
        "foreign-root": chain_of(leaf(foreign), foreign[0]),
        "middle-missing": chain_of(leaf()),
        "rsa": chain_of(certificate("rsa", rsa_key, middle), shop.ca),
        "garbage": {"x509CertificateChain": {"certificates": [{"rawBytes": "MAMCAQA="}]}},
    }
    statement = statement_of([("good", sha(b"good"))])
    return {name: bundle_of(statement, signer, material) for name, material in made.items()}


def foreign_hint(shop, model, key):
    made = shop.put(shop.folder / "made.sig", bundle_of(statement_of([("good", sha(b"good"))]), shop.keys["p256"],
                                                        {"publicKey": {"hint": "0" * 64}}))
    print(f"12 another key's hint, right signature\n  model_signing  {their_verdict(model, made, **key)}\n"
          f"  assay          {our_verdict(model, made, **key)}")


def main():
    print(f"model_signing {model_signing.__version__}, cryptography {cryptography.__version__}, "
          f"protobuf {protobuf_version}, Python {sys.version.split()[0]}")
    with tempfile.TemporaryDirectory() as folder:
        shop = Workshop(pathlib.Path(folder))
        exchange(shop, "--write" in sys.argv)
        divergences(shop)


main()
