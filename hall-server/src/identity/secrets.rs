//! Passwords, tokens and codes. What is stored of them is never enough to use them.

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use protocol::Millis;
use sha2::{Digest, Sha256};

#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("the system gave no random bytes")]
    Random(#[from] getrandom::Error),
    #[error("the password could not be hashed: {0}")]
    Hash(argon2::password_hash::Error),
}

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// `length` unguessable characters of `[0-9A-Za-z]`; 22 of them hold 131 bits.
pub fn code(length: usize) -> Result<String, getrandom::Error> {
    let mut text = String::with_capacity(length);
    let mut bytes = [0u8; 32];
    while text.len() < length {
        getrandom::fill(&mut bytes)?;
        // 248 = 4 × 62: higher bytes are thrown away, so that every character is equally likely.
        for byte in bytes.iter().filter(|b| **b < 248).take(length - text.len()) {
            text.push(char::from(BASE62[usize::from(byte % 62)]));
        }
    }
    Ok(text)
}

/// The code of a ticket's or receipt's page: 6 characters of time, then 16 unguessable ones with 95 bits.
///
/// Codes made one after the other lie beside each other in their index. Wholly random ones would each touch a page of their own,
/// and every commit would have to write as many pages as it has tickets.
pub fn page_code(now: Millis) -> Result<String, getrandom::Error> {
    let mut seconds = now.max(0) / 1000;
    let mut time = [b'0'; 6];
    for digit in time.iter_mut().rev() {
        *digit = BASE62[(seconds % 62) as usize];
        seconds /= 62;
    }
    Ok(time.iter().map(|byte| char::from(*byte)).collect::<String>() + &code(16)?)
}

/// A bearer token.
pub fn token() -> Result<String, getrandom::Error> {
    code(43)
}

/// What is stored of a token: its SHA-256. Tokens are random, so that no salt and no slow hash is needed.
pub fn token_hash(token: &str) -> String {
    crate::hex(&Sha256::digest(token))
}

/// The stored form of a password: Argon2id with its own salt.
pub fn hash_password(password: &str) -> Result<String, SecretError> {
    let mut salt = [0u8; 16];
    getrandom::fill(&mut salt)?;
    let salt = SaltString::encode_b64(&salt).map_err(SecretError::Hash)?;
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt).map_err(SecretError::Hash)?;
    Ok(hash.to_string())
}

/// Whether a password fits its stored form.
pub fn password_fits(password: &str, stored: &str) -> bool {
    PasswordHash::new(stored).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_only_its_own_hash() {
        let stored = hash_password("long enough").unwrap();
        assert!(password_fits("long enough", &stored));
        assert!(!password_fits("long enougH", &stored));
        assert!(!password_fits("long enough", "not a hash"));
        assert_ne!(stored, hash_password("long enough").unwrap(), "each hash has its own salt");
    }

    #[test]
    fn page_codes_of_a_later_second_sort_later() {
        let at = |second: i64| page_code(1_795_484_800_000 + second * 1000).unwrap();
        let codes: Vec<String> = [0, 1, 61, 62, 3844, 86_400].map(at).into();
        assert!(codes.is_sorted() && codes.iter().all(|c| c.len() == 22), "{codes:?}");
        assert_ne!(at(0), at(0));
    }

    #[test]
    fn codes_have_their_length_and_alphabet_and_do_not_repeat() {
        let codes: std::collections::HashSet<String> = (0..200).map(|_| code(22).unwrap()).collect();
        assert_eq!(codes.len(), 200);
        assert!(codes.iter().all(|c| c.len() == 22 && c.bytes().all(|b| b.is_ascii_alphanumeric())));
    }
}
