//! A sampling rate as a number or as a string of one.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Visitor};

/// What the file has; the string is not yet known to be a number.
pub(super) enum Rate {
    Number(f64),
    Text(String),
}

/// By hand, since an untagged enum would first keep in memory whatever stands in the place of a rate.
impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberOrText)
    }
}

struct NumberOrText;

impl Visitor<'_> for NumberOrText {
    type Value = Rate;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number or a string of one")
    }

    fn visit_f64<E>(self, rate: f64) -> Result<Rate, E> {
        Ok(Rate::Number(rate))
    }

    fn visit_u64<E>(self, rate: u64) -> Result<Rate, E> {
        Ok(Rate::Number(rate as f64))
    }

    fn visit_i64<E>(self, rate: i64) -> Result<Rate, E> {
        Ok(Rate::Number(rate as f64))
    }

    fn visit_str<E>(self, text: &str) -> Result<Rate, E> {
        Ok(Rate::Text(text.to_owned()))
    }
}
