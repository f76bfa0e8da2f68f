use std::collections::HashMap;
use std::path::PathBuf;

use slint_build::{CompilerConfiguration, DefaultTranslationContext};

fn main() {
    let design = PathBuf::from("../design");
    println!("cargo:rerun-if-changed=../design/theme.slint");
    println!("cargo:rerun-if-changed=lang");
    let config = CompilerConfiguration::new()
        .with_library_paths(HashMap::from([("design".to_owned(), design)]))
        .with_bundled_translations("lang")
        .with_default_translation_context(DefaultTranslationContext::None)
        // Element ids, by which tests and the scripted day find what people touch.
        .with_debug_info(true);
    slint_build::compile_with_config("ui/main.slint", config).expect("the .slint files compile");
}
