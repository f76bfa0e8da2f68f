//! Compiles the screens with their translations.

fn main() {
    let config = slint_build::CompilerConfiguration::new()
        // Element ids for the remote control and for assistive tools.
        .with_debug_info(true)
        .with_default_translation_context(slint_build::DefaultTranslationContext::None)
        .with_bundled_translations("lang");
    slint_build::compile_with_config("ui/main.slint", config).expect("the .slint files compile");
}
