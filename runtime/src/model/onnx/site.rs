//! A node with the values that it takes, as the rules of the operators ask for them. What they do not ask for cannot
//! be there: the table of operators says how many inputs there may be and which settings.

use super::graph::{Element, Node, Setting};
use super::values::Known;

/// A node and what is known of its inputs; `None` where an input is left out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Site<'s, 'a> {
    pub(super) node: &'s Node<'a>,
    pub(super) inputs: &'s [Option<&'s Known<'a>>],
}

impl<'s, 'a> Site<'s, 'a> {
    /// An input, which must be there, by place.
    pub(super) fn any(&self, place: usize) -> Result<&'s Known<'a>, String> {
        let input = self.inputs.get(place).copied().flatten();
        input.ok_or_else(|| format!("lacks input {place}"))
    }

    /// The shape of an input of floats.
    pub(super) fn floats(&self, place: usize) -> Result<&'s [usize], String> {
        let known = self.any(place)?;
        if known.element != Element::Single {
            return Err(format!("takes 32-bit floats, which input {place} is not"));
        }
        Ok(&known.shape)
    }

    /// The shape of an input of floats that are the same in every run.
    pub(super) fn weights(&self, place: usize) -> Result<&'s [usize], String> {
        if !self.any(place)?.constant {
            return Err(format!(
                "takes constant weights, which input {place} is not"
            ));
        }
        self.floats(place)
    }

    /// The integers stored for an input: a list, no longer than there are axes twice.
    pub(super) fn integers(&self, place: usize) -> Result<Vec<i64>, String> {
        let known = self.any(place)?;
        let bytes = self.stored(place, Element::Integer)?;
        let (values, rest) = bytes.as_chunks::<8>();
        let whole = known.shape.len() == 1 && rest.is_empty();
        if !whole || values.len() > 2 * crate::model::limits::AXES {
            return Err(format!(
                "takes a short list of integers, which input {place} is not"
            ));
        }
        Ok(values
            .iter()
            .map(|value| i64::from_le_bytes(*value))
            .collect())
    }

    /// The floats stored for an input, of which there must be so many.
    pub(super) fn numbers(&self, place: usize, count: usize) -> Result<Vec<f32>, String> {
        let bytes = self.stored(place, Element::Single)?;
        let (values, rest) = bytes.as_chunks::<4>();
        if values.len() != count || !rest.is_empty() {
            return Err(format!("takes {count} numbers, which input {place} is not"));
        }
        let values: Vec<f32> = values
            .iter()
            .map(|value| f32::from_le_bytes(*value))
            .collect();
        if !values.iter().all(|value| value.is_finite()) {
            return Err(format!("takes finite numbers, which input {place} is not"));
        }
        Ok(values)
    }

    /// The one number stored for an input, with no axes.
    pub(super) fn number(&self, place: usize) -> Result<f32, String> {
        if !self.any(place)?.shape.is_empty() {
            return Err(format!(
                "takes a single number without axes, which input {place} is not"
            ));
        }
        Ok(self.numbers(place, 1)?[0])
    }

    fn stored(&self, place: usize, element: Element) -> Result<&'s [u8], String> {
        let known = self.any(place)?;
        match known.data {
            Some(data) if known.element == element => Ok(data),
            _ => Err(format!(
                "takes numbers stored in the file, which input {place} is not"
            )),
        }
    }

    fn setting(&self, name: &str) -> Option<&'s Setting<'a>> {
        let mut all = self.node.attributes.iter();
        all.find(|attribute| attribute.name == name)
            .map(|attribute| &attribute.value)
    }

    /// An integer setting, or what it is where it is not set.
    pub(super) fn integer_or(&self, name: &str, default: i64) -> Result<i64, String> {
        match self.setting(name) {
            None => Ok(default),
            Some(Setting::Integer(value)) => Ok(*value),
            Some(_) => Err(format!("has a setting {name} that is no integer")),
        }
    }

    /// A setting that is on or off.
    pub(super) fn flag_or(&self, name: &str, default: bool) -> Result<bool, String> {
        match self.integer_or(name, i64::from(default))? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(format!(
                "has a setting {name} of {other} where 0 or 1 is meant"
            )),
        }
    }

    /// A setting that is a finite float, or what it is where it is not set.
    pub(super) fn float_or(&self, name: &str, default: f32) -> Result<f32, String> {
        match self.setting(name) {
            None => Ok(default),
            Some(Setting::Float(value)) if value.is_finite() => Ok(*value),
            Some(_) => Err(format!("has a setting {name} that is no finite number")),
        }
    }

    /// Checks that a setting of words is the one that is known.
    pub(super) fn check_text(&self, name: &str, known: &str) -> Result<(), String> {
        match self.setting(name) {
            Some(Setting::Text(text)) if *text == known => Ok(()),
            _ => Err(format!("needs the setting {name} to be {known}")),
        }
    }

    /// A setting that is a list, if it is set.
    pub(super) fn list(&self, name: &str) -> Result<Option<&'s [i64]>, String> {
        match self.setting(name) {
            None => Ok(None),
            Some(Setting::Integers(list)) => Ok(Some(list)),
            Some(_) => Err(format!("has a setting {name} that is no list of integers")),
        }
    }

    /// An axis that may be counted from the end, of so many.
    pub(super) fn axis(&self, axis: i64, axes: usize) -> Result<usize, String> {
        let count = axes as i64;
        let from_start = if axis < 0 {
            axis.saturating_add(count)
        } else {
            axis
        };
        usize::try_from(from_start)
            .ok()
            .filter(|axis| *axis < axes)
            .ok_or_else(|| format!("names axis {axis} of {axes}"))
    }
}
