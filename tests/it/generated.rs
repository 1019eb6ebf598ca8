//! A snapshot of the generated code. Its diff shows how a change to the document or the generator affects
//! the API.

#[test]
fn generated_code_matches_the_snapshot() {
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(
            "generated",
            include_str!(concat!(env!("OUT_DIR"), "/generated.rs"))
        );
    });
}
