//! DSA keys with a 2048-bit modulus and a 256-bit group (FIPS 186-4), as Go makes them.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Limb, NonZero, Odd, Resize};
use crypto_primes::{Flavor, is_prime, random_prime};

use super::der::{self, Reader};
use super::rng::Stream;

const MODULUS_BITS: u32 = 2048;
const GROUP_BITS: u32 = 256;

/// Makes a key: the content of sprig's PEM block.
pub(super) fn generate(stream: &mut Stream) -> Vec<u8> {
    loop {
        if let Some(key) = attempt(stream) {
            return key;
        }
    }
}

fn attempt(stream: &mut Stream) -> Option<Vec<u8>> {
    let q: BoxedUint = random_prime(stream, Flavor::Any, GROUP_BITS);
    let p = modulus(stream, &q)?;
    let params = BoxedMontyParams::new(Option::<Odd<BoxedUint>>::from(Odd::new(p.clone()))?);
    let wide = |number: &BoxedUint| number.resize(MODULUS_BITS);
    let power = |base: &BoxedUint, exponent: &BoxedUint| {
        BoxedMontyForm::new(wide(base), &params).pow(exponent).retrieve()
    };
    let one = BoxedUint::one_with_precision(MODULUS_BITS);
    let order = Option::<NonZero<BoxedUint>>::from(NonZero::new(wide(&q)))?;
    let (cofactor, _) = p.wrapping_sub(&one).div_rem_vartime(&order);
    let g = (2u8..100)
        .map(|h| power(&BoxedUint::from(h), &cofactor))
        .find(|g| bool::from(!g.is_one()))?;
    let x = loop {
        let mut bytes = [0; 32];
        stream.fill(&mut bytes);
        let x = BoxedUint::from_be_slice(&bytes, GROUP_BITS).ok()?;
        if bool::from(x.is_nonzero()) && x < q {
            break x;
        }
    };
    let y = power(&g, &x);
    let numbers = [p, q, g, y, x].map(|number| der::integer(&number.to_be_bytes()));
    Some(der::sequence(&[&[der::integer(&[0])], numbers.as_slice()].concat()))
}

/// A prime whose predecessor is a multiple of `q`.
fn modulus(stream: &mut Stream, q: &BoxedUint) -> Option<BoxedUint> {
    let two_q = q.resize(MODULUS_BITS).shl_vartime(1)?;
    let two_q = Option::<NonZero<BoxedUint>>::from(NonZero::new(two_q))?;
    let one = BoxedUint::one_with_precision(MODULUS_BITS);
    // As many as Go tries before it looks for another group.
    for _ in 0..4 * MODULUS_BITS {
        let mut bytes = [0; (MODULUS_BITS / 8) as usize];
        stream.fill(&mut bytes);
        bytes[0] |= 0x80;
        let random = BoxedUint::from_be_slice(&bytes, MODULUS_BITS).ok()?;
        let rest = random.rem_vartime(&two_q);
        let p = random.wrapping_sub(&rest).wrapping_add(&one);
        if p.bits_vartime() == MODULUS_BITS && !has_small_factor(&p) && is_prime(Flavor::Any, &p) {
            return Some(p);
        }
    }
    None
}

/// Whether a small prime divides the number, which is quicker to find out than that it is none.
fn has_small_factor(number: &BoxedUint) -> bool {
    (3u32..2000).step_by(2).any(|divisor| {
        let divisor = NonZero::new(Limb::from(divisor));
        Option::<NonZero<Limb>>::from(divisor)
            .is_some_and(|divisor| number.rem_limb(divisor) == Limb::ZERO)
    })
}

/// Whether this is the content of a DSA key's block: a version and five numbers.
pub(super) fn is_key(bytes: &[u8]) -> bool {
    let Some(mut reader) = Reader::new(bytes).sequence() else { return false };
    (0..6).all(|_| reader.integer().is_some()) && reader.is_empty()
}
