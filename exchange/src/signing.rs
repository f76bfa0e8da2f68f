//! Signatures over canonical JSON: a shared secret (HMAC-SHA256, HMAC-SM3) or a pair of keys (SM2 with SM3, GB/T 32918.2).

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sm2::dsa::signature::{Signer, Verifier};
use sm2::dsa::{Signature, SigningKey, VerifyingKey};
use sm3::Sm3;

use crate::hex;

/// The identity that SM2 signatures are bound to where nothing else is agreed (GM/T 0009).
pub const USUAL_IDENTITY: &str = "1234567812345678";

/// The shortest shared secret, in bytes: as long as the digest.
pub const SHORTEST_SECRET: usize = 32;

/// How messages are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    HmacSha256,
    HmacSm3,
    /// A key pair each; the signature is r and s, 32 bytes each.
    Sm2Sm3,
}

impl Kind {
    pub const ALL: [Kind; 3] = [Kind::HmacSha256, Kind::HmacSm3, Kind::Sm2Sm3];

    /// Its name in headers and settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::HmacSha256 => "hmac-sha256",
            Kind::HmacSm3 => "hmac-sm3",
            Kind::Sm2Sm3 => "sm2-sm3",
        }
    }
}

/// Why a key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("the key {0} is not hexadecimal")]
    NotHex(String),
    #[error("the shared secret of key {key} has {bytes} bytes; it needs {SHORTEST_SECRET}")]
    TooShort { key: String, bytes: usize },
    #[error("the SM2 private key of {0} must be 64 hexadecimal digits of a number within the curve's order")]
    BadPrivateKey(String),
    #[error("the SM2 public key of {0} must be 130 hexadecimal digits of a point on the curve, beginning with 04")]
    BadPublicKey(String),
}

/// Both sides' keys of one agreement: what we sign with and what we check the other with.
#[derive(Clone)]
pub struct Keys {
    /// Named in the header, so that keys can be changed while messages are under way.
    id: String,
    pair: Pair,
}

#[derive(Clone)]
enum Pair {
    HmacSha256(Vec<u8>),
    HmacSm3(Vec<u8>),
    Sm2 { ours: Box<SigningKey>, theirs: Box<VerifyingKey> },
}

/// Without the keys.
impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("id", &self.id).field("kind", &self.kind()).finish_non_exhaustive()
    }
}

impl Keys {
    /// A shared secret, in hexadecimal.
    pub fn shared(id: &str, kind: Kind, secret: &str) -> Result<Self, KeyError> {
        let secret = hex::decode(secret.trim()).ok_or_else(|| KeyError::NotHex(id.to_owned()))?;
        if secret.len() < SHORTEST_SECRET {
            return Err(KeyError::TooShort { key: id.to_owned(), bytes: secret.len() });
        }
        let pair = match kind {
            Kind::HmacSha256 => Pair::HmacSha256(secret),
            Kind::HmacSm3 => Pair::HmacSm3(secret),
            Kind::Sm2Sm3 => return Err(KeyError::BadPrivateKey(id.to_owned())),
        };
        Ok(Keys { id: id.to_owned(), pair })
    }

    /// Our SM2 private key and the other side's public key, in hexadecimal, both bound to an identity.
    pub fn sm2(id: &str, identity: &str, private: &str, their_public: &str) -> Result<Self, KeyError> {
        let bad_private = || KeyError::BadPrivateKey(id.to_owned());
        let bad_public = || KeyError::BadPublicKey(id.to_owned());
        let private = hex::decode(private.trim()).filter(|key| key.len() == 32).ok_or_else(bad_private)?;
        let public = hex::decode(their_public.trim()).filter(|key| key.len() == 65).ok_or_else(bad_public)?;
        let ours = SigningKey::from_slice(identity, &private).map_err(|_| bad_private())?;
        let theirs = VerifyingKey::from_sec1_bytes(identity, &public).map_err(|_| bad_public())?;
        Ok(Keys { id: id.to_owned(), pair: Pair::Sm2 { ours: Box::new(ours), theirs: Box::new(theirs) } })
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn kind(&self) -> Kind {
        match &self.pair {
            Pair::HmacSha256(_) => Kind::HmacSha256,
            Pair::HmacSm3(_) => Kind::HmacSm3,
            Pair::Sm2 { .. } => Kind::Sm2Sm3,
        }
    }

    /// The value of the signature header: kind, key id and signature, each separated by one space.
    pub fn header(&self, text: &str) -> String {
        let signature = match &self.pair {
            Pair::HmacSha256(secret) => mac::<Hmac<Sha256>>(secret, text).finalize().into_bytes().to_vec(),
            Pair::HmacSm3(secret) => mac::<Hmac<Sm3>>(secret, text).finalize().into_bytes().to_vec(),
            Pair::Sm2 { ours, .. } => {
                let signature: Signature = ours.sign(text.as_bytes());
                signature.to_vec()
            }
        };
        format!("{} {} {}", self.kind().as_str(), self.id, hex::encode(&signature))
    }

    /// Whether a signature of the other side fits a text. Shared secrets are compared in constant time.
    pub fn fits(&self, text: &str, signature: &[u8]) -> bool {
        match &self.pair {
            Pair::HmacSha256(secret) => mac::<Hmac<Sha256>>(secret, text).verify_slice(signature).is_ok(),
            Pair::HmacSm3(secret) => mac::<Hmac<Sm3>>(secret, text).verify_slice(signature).is_ok(),
            Pair::Sm2 { theirs, .. } => Signature::from_slice(signature)
                .and_then(|signature| theirs.verify(text.as_bytes(), &signature))
                .is_ok(),
        }
    }
}

fn mac<M: Mac + KeyInit>(secret: &[u8], text: &str) -> M {
    // A secret of any length is taken (RFC 2104), so that this cannot fail.
    #[expect(clippy::unwrap_used, reason = "HMAC has no bad key lengths")]
    let mut mac = <M as KeyInit>::new_from_slice(secret).unwrap();
    mac.update(text.as_bytes());
    mac
}

/// A signature header, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    pub kind: String,
    pub key: String,
    pub signature: Vec<u8>,
}

impl Header {
    /// `None` where it does not have the form.
    pub fn parse(value: &str) -> Option<Header> {
        let mut parts = value.split(' ');
        let (kind, key, signature) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        Some(Header { kind: kind.to_owned(), key: key.to_owned(), signature: hex::decode(signature)? })
    }
}

#[cfg(test)]
mod tests {
    use sm3::Digest;

    use super::*;

    fn signature(keys: &Keys, text: &str) -> String {
        hex::encode(&Header::parse(&keys.header(text)).unwrap().signature)
    }

    #[test]
    fn sm3_gives_the_digests_of_its_standard() {
        // GB/T 32905-2016, appendix A.
        let digest = |text: &str| hex::encode(&Sm3::digest(text));
        assert_eq!(digest("abc"), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
        assert_eq!(digest(&"abcd".repeat(16)), "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
    }

    #[test]
    fn hmacs_are_those_that_openssl_writes() {
        // `openssl dgst -sha256|-sm3 -mac HMAC -macopt hexkey:00…1f`, OpenSSL 3.0.
        let secret: String = (0..32).map(|n| format!("{n:02x}")).collect();
        let of = |kind| signature(&Keys::shared("k", kind, &secret).unwrap(), r#"{"case_no":"440304"}"#);
        assert_eq!(of(Kind::HmacSha256), "8e120f15dd4b676c8497f64edd81595f06ba23cb90d63697e4767779336a8589");
        assert_eq!(of(Kind::HmacSm3), "df872d822abe954c7293e2ecdeadb94b66dd169d81091bc85c9577f18e04034d");
    }

    #[test]
    fn hmac_sha256_gives_the_values_of_its_rfc() {
        // RFC 4231, test cases 1 and 6 (a key longer than a block).
        let of = |secret: &[u8], text: &str| hex::encode(&mac::<Hmac<Sha256>>(secret, text).finalize().into_bytes());
        assert_eq!(of(&[0x0b; 20], "Hi There"), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
        assert_eq!(
            of(&[0xaa; 131], "Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    /// The private key of the example in GB/T 32918.5, and its public key.
    const STANDARD: (&str, &str) = (
        "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8",
        "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
         ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13",
    );

    #[test]
    fn the_signature_of_the_sm2_standard_is_valid_and_nothing_near_it_is() {
        let keys = Keys::sm2("k", USUAL_IDENTITY, STANDARD.0, STANDARD.1).unwrap();
        let mut signature = hex::decode(
            "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3\
             b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa",
        )
        .unwrap();
        assert!(keys.fits("message digest", &signature));
        assert!(!keys.fits("message digesT", &signature));
        let other = Keys::sm2("k", "ALICE123@YAHOO.COM", STANDARD.0, STANDARD.1).unwrap();
        assert!(!other.fits("message digest", &signature), "a signature is bound to its identity");
        signature[63] ^= 1;
        assert!(!keys.fits("message digest", &signature));
        assert!(!keys.fits("message digest", &signature[..63]));
    }

    #[test]
    fn a_signature_by_openssl_is_valid() {
        // `openssl pkeyutl -sign -rawin -digest sm3 -pkeyopt distid:1234567812345678`, OpenSSL 3.0; r and s from its DER.
        let public = "04d63d40034d089b94194eba27435a839b4ad7d60d30b60823166e0468b7d37700\
                      b3cef4cc0e3eea3c404ea9fdeba1f7776c14969a5c850a8c535fcf1904927579";
        let keys = Keys::sm2("k", USUAL_IDENTITY, STANDARD.0, public).unwrap();
        let signature = hex::decode(
            "c26bc1166835bd3f9294fbfde34fb6a132141265ed831b99662bd5683de2ee12\
             3706dc3cd983ac4104d842d0bb202e37a0e6cdfa9ab761a00b550d0780789020",
        )
        .unwrap();
        assert!(keys.fits(r#"{"case_no":"440304"}"#, &signature));
        assert!(!keys.fits(r#"{"case_no":"440305"}"#, &signature));
    }

    #[test]
    fn what_one_side_signs_the_other_side_accepts() {
        let text = r#"{"hello":"世界"}"#;
        let keys = Keys::sm2("2026", USUAL_IDENTITY, STANDARD.0, STANDARD.1).unwrap();
        let header = Header::parse(&keys.header(text)).unwrap();
        assert_eq!((header.kind.as_str(), header.key.as_str()), ("sm2-sm3", "2026"));
        assert!(keys.fits(text, &header.signature));
    }

    #[test]
    fn bad_keys_are_named() {
        let short = Keys::shared("a", Kind::HmacSm3, "00ff").unwrap_err();
        assert_eq!(short, KeyError::TooShort { key: "a".into(), bytes: 2 });
        assert!(matches!(Keys::shared("a", Kind::HmacSm3, "secret"), Err(KeyError::NotHex(_))));
        let zero = "0".repeat(64);
        assert!(matches!(Keys::sm2("a", "x", &zero, STANDARD.1), Err(KeyError::BadPrivateKey(_))));
        let off_the_curve = format!("{}00", &STANDARD.1[..128]);
        assert!(matches!(Keys::sm2("a", "x", STANDARD.0, &off_the_curve), Err(KeyError::BadPublicKey(_))));
    }

    #[test]
    fn keys_are_not_written_into_logs() {
        let keys = Keys::shared("k", Kind::HmacSm3, &"ab".repeat(32)).unwrap();
        assert!(!format!("{keys:?}").contains("171") && !format!("{keys:?}").contains("abab"), "{keys:?}");
    }

    #[test]
    fn headers_without_the_form_are_not_taken() {
        for bad in ["", "hmac-sm3", "hmac-sm3 k", "hmac-sm3 k xyz", "hmac-sm3 k 00 00", "hmac-sm3  k 00"] {
            assert_eq!(Header::parse(bad), None, "{bad:?}");
        }
    }
}
