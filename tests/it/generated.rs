//! The generated code, pinned: what a change of the document, or of the generator, does to the API
//! shows in the difference of one file.

#[test]
fn generated_code_matches_the_snapshot() {
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(
            "generated",
            include_str!(concat!(env!("OUT_DIR"), "/generated.rs"))
        );
    });
}
