//! One channel of a frame: a predictor and what it left over (RFC 9639, sections 9.2.1 to 9.2.7).

use super::FlacError;
use super::bits::BitReader;

/// The coefficients of the fixed predictors of orders 0 to 4, latest sample first.
const FIXED: [&[i64]; 5] = [&[], &[1], &[2, -1], &[3, -3, 1], &[4, -6, 4, -1]];

/// The `block` samples of one channel of `bits` bits.
pub(super) fn decode(
    reader: &mut BitReader<'_>,
    block: usize,
    bits: u32,
) -> Result<Vec<i64>, FlacError> {
    if reader.take(1)? != 0 {
        return Err(FlacError::Damaged("a subframe that begins with 1"));
    }
    let kind = reader.take(6)? as usize;
    let wasted = match reader.take(1)? {
        0 => 0,
        _ => reader.zeros()? + 1,
    };
    let bits = u32::try_from(wasted)
        .ok()
        .and_then(|wasted| bits.checked_sub(wasted))
        .filter(|&bits| bits > 0)
        .ok_or(FlacError::Damaged("samples of no bits"))?;
    let mut samples = match kind {
        0 => vec![reader.take_signed(bits)?; block],
        1 => (0..block)
            .map(|_| reader.take_signed(bits))
            .collect::<Result<_, _>>()?,
        8..=12 => {
            let coefficients = FIXED[kind - 8];
            let mut samples = warm_up(reader, coefficients.len(), block, bits)?;
            residual(reader, &mut samples, block)?;
            predict(&mut samples, coefficients, 0, bits)?;
            samples
        }
        32..=63 => {
            let order = kind - 31;
            let mut samples = warm_up(reader, order, block, bits)?;
            let precision = reader.take(4)? as u32 + 1;
            let shift = reader.take_signed(5)?;
            if precision > 15 || shift < 0 {
                return Err(FlacError::Damaged("a predictor that cannot be"));
            }
            let coefficients = (0..order)
                .map(|_| reader.take_signed(precision))
                .collect::<Result<Vec<_>, _>>()?;
            residual(reader, &mut samples, block)?;
            predict(&mut samples, &coefficients, shift, bits)?;
            samples
        }
        _ => return Err(FlacError::Damaged("a subframe of an unknown kind")),
    };
    samples.iter_mut().for_each(|sample| *sample <<= wasted);
    Ok(samples)
}

/// The first samples, which are not predicted.
fn warm_up(
    reader: &mut BitReader<'_>,
    order: usize,
    block: usize,
    bits: u32,
) -> Result<Vec<i64>, FlacError> {
    if order > block {
        return Err(FlacError::Damaged("a predictor longer than its block"));
    }
    let mut samples = Vec::with_capacity(block);
    for _ in 0..order {
        samples.push(reader.take_signed(bits)?);
    }
    Ok(samples)
}

/// Appends the residuals: Rice codes in partitions of one parameter each.
fn residual(
    reader: &mut BitReader<'_>,
    samples: &mut Vec<i64>,
    block: usize,
) -> Result<(), FlacError> {
    let parameter_bits = match reader.take(2)? {
        0 => 4,
        1 => 5,
        _ => return Err(FlacError::Damaged("residuals of an unknown kind")),
    };
    let partitions = 1_usize << reader.take(4)?;
    let length = block / partitions;
    if length * partitions != block || length < samples.len() {
        return Err(FlacError::Damaged(
            "partitions that do not divide the block",
        ));
    }
    let escape = (1 << parameter_bits) - 1;
    for partition in 1..=partitions {
        let parameter = reader.take(parameter_bits)?;
        let plain_bits = if parameter == escape {
            Some(reader.take(5)? as u32)
        } else {
            None
        };
        while samples.len() < partition * length {
            samples.push(match plain_bits {
                Some(bits) => reader.take_signed(bits)?,
                None => rice(reader, parameter as u32)?,
            });
        }
    }
    Ok(())
}

/// One Rice code: the quotient in unary, the remainder in `parameter` bits, the sign in the last bit.
fn rice(reader: &mut BitReader<'_>, parameter: u32) -> Result<i64, FlacError> {
    let quotient = reader.zeros()?;
    let folded = quotient << parameter | reader.take(parameter)?;
    if folded > u64::from(u32::MAX) {
        return Err(FlacError::Damaged("a residual beyond 32 bits"));
    }
    Ok((folded >> 1) as i64 ^ -((folded & 1) as i64))
}

/// Replaces the residuals after the first samples by the samples they stand for.
fn predict(
    samples: &mut [i64],
    coefficients: &[i64],
    shift: i64,
    bits: u32,
) -> Result<(), FlacError> {
    let order = coefficients.len();
    let range = -1_i64 << (bits - 1)..1 << (bits - 1);
    for place in order..samples.len() {
        // 32 products of 15 by 33 bits: far from 64 bits.
        let prediction: i64 = samples[place - order..place]
            .iter()
            .rev()
            .zip(coefficients)
            .map(|(sample, coefficient)| sample * coefficient)
            .sum();
        let sample = samples[place] + (prediction >> shift);
        if !range.contains(&sample) {
            return Err(FlacError::Damaged("a sample beyond its bits"));
        }
        samples[place] = sample;
    }
    Ok(())
}
