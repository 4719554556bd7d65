//! ONNX Runtime as the independent reader and runner of what the graph writes.

use std::borrow::Cow;
use std::path::Path;
use std::sync::OnceLock;

use ecg2mri_trainer::graph::tensor::Tensor;
use ort::environment::Environment;
use ort::session::builder::GraphOptimizationLevel;
use ort::session::{Session, SessionInputValue};

/// A model ready to run.
pub struct Runner {
    session: Session,
}

impl Runner {
    /// None, with a word on standard output, where there is no ONNX Runtime.
    pub fn new(model: &[u8]) -> Option<Runner> {
        let environment = environment()?;
        let session = Session::builder(environment)
            .and_then(
                |builder| Ok(builder.with_optimization_level(GraphOptimizationLevel::Level2)?),
            )
            .and_then(|builder| Ok(builder.with_intra_threads(1)?))
            .and_then(|mut builder| builder.commit_from_memory(model))
            .expect("ONNX Runtime takes the model");
        Some(Runner { session })
    }

    /// Runs in f32 and returns the outputs named.
    pub fn run(&mut self, feeds: &[(&str, &Tensor)], outputs: &[&str]) -> Vec<Tensor> {
        let feeds: Vec<(Cow<'_, str>, SessionInputValue<'_>)> = feeds
            .iter()
            .map(|(name, tensor)| {
                let values: Vec<f32> = tensor.values().iter().map(|&value| value as f32).collect();
                let array = ort::value::Tensor::from_array((tensor.shape().to_vec(), values))
                    .expect("the tensor has one value per element");
                (Cow::Borrowed(*name), array.into())
            })
            .collect();
        let found = self.session.run(feeds).expect("the model runs");
        outputs
            .iter()
            .map(|name| {
                let (shape, values) = found[*name]
                    .try_extract_tensor::<f32>()
                    .expect("the output is a float tensor");
                let shape: Vec<usize> = shape.iter().map(|&size| size as usize).collect();
                let values = values.iter().map(|&value| f64::from(value)).collect();
                Tensor::new(&shape, values).expect("the output has one value per element")
            })
            .collect()
    }
}

/// The one environment of this process, if there is ONNX Runtime.
fn environment() -> Option<&'static Environment> {
    static LOADED: OnceLock<Option<Environment>> = OnceLock::new();
    LOADED
        .get_or_init(|| {
            let Some(path) = std::env::var_os("ORT_DYLIB_PATH") else {
                println!("SKIPPED: ONNX Runtime, because ORT_DYLIB_PATH is not set");
                return None;
            };
            let environment = ort::init_from(Path::new(&path))
                .expect("ORT_DYLIB_PATH names ONNX Runtime's shared library")
                .with_telemetry(false)
                .build()
                .expect("ONNX Runtime starts");
            Some(environment)
        })
        .as_ref()
}
