//! A plain forward run: named inputs in, named outputs back on the host.

use super::device::Opened;
use super::{Device, Engine, EngineError};
use ort::session::{Session, SessionInputValue};
use ort::value::Tensor;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A graph ready to run forward.
pub struct Inference {
    session: Session,
    device: Device,
}

impl Inference {
    /// Opens an encoded ONNX model.
    ///
    /// # Errors
    /// As [`Device::open`].
    pub fn open(
        engine: &Engine,
        model: &[u8],
        device: Device,
        threads: usize,
    ) -> Result<Self, EngineError> {
        let Opened {
            session, device, ..
        } = device.open(engine, model, threads)?;
        Ok(Inference { session, device })
    }

    /// The device it runs on.
    pub fn device(&self) -> Device {
        self.device
    }

    /// Runs the graph; each input is `(name, shape, values in row-major order)`.
    ///
    /// # Errors
    /// [`EngineError::WrongSize`] where values and shape disagree, [`EngineError::Runtime`] where the run fails.
    pub fn run(
        &mut self,
        inputs: &[(&str, &[usize], &[f32])],
    ) -> Result<BTreeMap<String, Vec<f32>>, EngineError> {
        let mut bound: Vec<(Cow<'_, str>, SessionInputValue<'_>)> = Vec::new();
        for (name, shape, values) in inputs {
            let expected = shape.iter().product();
            if values.len() != expected {
                return Err(EngineError::WrongSize {
                    name: (*name).to_owned(),
                    given: values.len(),
                    expected,
                });
            }
            let tensor = Tensor::from_array((shape.to_vec(), values.to_vec()))
                .map_err(EngineError::runtime(format!("handing over `{name}`")))?;
            bound.push((Cow::Borrowed(*name), tensor.into()));
        }
        let outputs = self
            .session
            .run(bound)
            .map_err(EngineError::runtime("running a graph forward"))?;
        let mut results = BTreeMap::new();
        for (name, value) in outputs.iter() {
            let (_, values) = value
                .try_extract_tensor::<f32>()
                .map_err(EngineError::runtime(format!("reading `{name}`")))?;
            results.insert(name.to_owned(), values.to_vec());
        }
        Ok(results)
    }
}
