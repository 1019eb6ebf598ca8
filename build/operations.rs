//! The builders of operations: as the generator writes them, but for the edits that [`EDITS`] lists. Each
//! is counted, and one that is not made as often as the document demands is an error.

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Arm, Expr, ExprMethodCall, ExprStruct, FieldsNamed, File, GenericArgument, Generics, Ident,
    ImplItem, ImplItemFn, Item, ItemImpl, ItemStruct, Pat, PathArguments, Stmt, Type, parse_quote,
};

use super::names::{lowered_parameter, pascal_case, rust_name};
use super::objects::when_some;
use super::plan::{Call, Parameter, Plan};
use super::syntax::{check_type, document, documented, inside, is_of, keep_reason, module};
use super::values::{call_doc, parameter_doc, rust_type};
use super::{Failure, Result};

/// What is edited, and why.
const EDITS: [(&str, &str); 11] = [
    ("owner", "the builder owns a clone of the client: a request can be sent from another task"),
    ("given", "what the client has been given once (`x-client-parameter`) is taken from it"),
    ("type", "a value is kept with the reason why it was rejected, and not with a text"),
    ("missing", "a required value that is missing is named as the document calls it"),
    ("setter", "a setter keeps the reason why a value was rejected"),
    ("checked", "all rejected values are reported at once, with the rules that the body breaks"),
    ("header", "the header `api-version` goes, which the service does not know"),
    ("operation", "errors and logs name the operation as the document does"),
    ("error", "errors are this crate's"),
    ("status", "any status of success is one"),
    ("name", "a parameter whose name the generated code has a use for is sent under its own"),
];

const SEND: &str = "Sends the request, and reads the response.\n\n# Errors\n\nBefore anything is sent, \
                    if a value was rejected or a required one is missing: [`Error::violations`] lists \
                    all of them. Otherwise if there was no connection or no response in time, if the \
                    response has an error status, or if it can't be read: see [`Error`].";

/// The builders of the module `builder`, exactly the operations of the plan, and the methods of the
/// client that make them.
pub fn operations(file: &File, plan: &Plan) -> Result<(Vec<TokenStream>, Vec<ImplItemFn>)> {
    let items = module(&file.items, "builder")?;
    let count = items.iter().filter(|item| matches!(item, Item::Struct(_))).count();
    if count != plan.operations.len() {
        let reason = format!("{count} builders for {} operations", plan.operations.len());
        return Err(Failure::new("the generated code", reason));
    }
    let edited = plan.operations.iter().map(|call| {
        let edited = edited(file, items, call, plan);
        edited.map_err(|reason| Failure::new(format!("operation {}", call.id), reason))
    });
    edited.collect()
}

fn edited(
    file: &File,
    items: &[Item],
    call: &Call,
    plan: &Plan,
) -> std::result::Result<(TokenStream, ImplItemFn), String> {
    let name = pascal_case(&call.id);
    let made = items.iter().find_map(|item| match item {
        Item::Struct(item) if item.ident == name => Some(item.clone()),
        _ => None,
    });
    let implementation = items.iter().find_map(|item| match item {
        Item::Impl(item) if item.trait_.is_none() && is_of(item, &name) => Some(item.clone()),
        _ => None,
    });
    let methods = file.items.iter().flat_map(|item| match item {
        Item::Impl(item) if is_of(item, "Client") => item.items.as_slice(),
        _ => &[],
    });
    let method = rust_name(&call.id);
    let method = methods.into_iter().find_map(|item| match item {
        ImplItem::Fn(function) if function.sig.ident == method => Some(function.clone()),
        _ => None,
    });
    let (Some(mut made), Some(mut implementation), Some(mut method)) =
        (made, implementation, method)
    else {
        return Err("the generator made no builder of it, or no method".to_owned());
    };
    let named = call.parameters.iter();
    let named = named.map(|it| (rust_name(&lowered_parameter(&it.name)), it));
    let mut edits = Edits {
        call,
        parameters: named.collect(),
        has_rules: call.body.as_ref().is_some_and(|body| plan.rules.contains_key(body)),
        counts: BTreeMap::new(),
        problem: None,
    };
    edits.check_types(&made, plan)?;
    edits.visit_item_struct_mut(&mut made);
    edits.visit_item_impl_mut(&mut implementation);
    edits.check_counts()?;

    let ident = format_ident!("{name}");
    document(&mut method, &call_doc(call));
    method.sig.output = parse_quote!(-> builder::#ident);
    let doc = format!(
        "A request of [`Client::{0}`](crate::Client::{0}) under construction.",
        method.sig.ident
    );
    made.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
    let must_use = quote!(#[must_use = "nothing is sent before `send()`"]);
    made.attrs.splice(0..0, documented(&doc, &must_use));
    let added = added(call, &ident, edits.has_rules);
    Ok((quote!(#made #implementation #added), method))
}

/// What the builder has beside what the generator writes.
fn added(call: &Call, ident: &Ident, has_rules: bool) -> TokenStream {
    let (id, when_some) = (&call.id, when_some());
    let is_read = matches!(call.method.as_str(), "get" | "head" | "options");
    let retry_unsafe = (!is_read).then(|| {
        quote! {
            /// Lets this change be sent again also when the attempt before may have been acted
            /// upon: see [`Retry::retry_unsafe`](crate::Retry::retry_unsafe).
            pub fn retry_unsafe(mut self) -> Self {
                self.client = self.client.retrying_unsafe();
                self
            }
        }
    });
    let unchecked = has_rules.then(|| {
        quote! {
            /// Leaves out the rules of the document that span fields of the body. Each
            /// field by itself is still held to its own rule.
            pub fn unchecked(mut self) -> Self {
                self.client = self.client.unchecked();
                self
            }
        }
    });
    quote! {
        impl #ident {
            const OPERATION: Operation = Operation { operation_id: #id };

            #when_some
            #unchecked
            #retry_unsafe
        }
    }
}

struct Edits<'a> {
    call: &'a Call,
    /// Each parameter, by the name that the generator gives it.
    parameters: Vec<(String, &'a Parameter)>,
    /// Whether the document states rules for the body.
    has_rules: bool,
    /// How often each edit was made.
    counts: BTreeMap<&'static str, usize>,
    problem: Option<String>,
}

impl Edits<'_> {
    fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, parameter)| *parameter)
    }

    fn is_given(&self, name: &str) -> bool {
        self.parameter(name).is_some_and(|parameter| parameter.from_client)
    }

    fn count(&mut self, edit: &'static str) {
        *self.counts.entry(edit).or_default() += 1;
    }

    /// Checks that the builder has a field for each parameter, of the planned type, and no others.
    fn check_types(&self, made: &ItemStruct, plan: &Plan) -> std::result::Result<(), String> {
        for (name, parameter) in &self.parameters {
            let field =
                made.fields.iter().find(|field| field.ident.as_ref().is_some_and(|it| it == name));
            let ty = field.and_then(|field| inside(&field.ty, "Result"));
            let ty = ty.ok_or_else(|| format!("the generator lost the parameter {name}"))?;
            let planned = rust_type(plan, &parameter.ty, true);
            let planned = if parameter.required { planned } else { quote!(Option<#planned>) };
            check_type(&format!("parameter {name}"), ty, planned).map_err(|it| it.to_string())?;
        }
        let expected = self.parameters.len() + 1 + usize::from(self.call.body.is_some());
        match made.fields.len() == expected {
            true => Ok(()),
            false => Err(format!("its builder has {} fields", made.fields.len())),
        }
    }

    fn check_counts(&self) -> std::result::Result<(), String> {
        if let Some(problem) = &self.problem {
            return Err(problem.clone());
        }
        let body = usize::from(self.call.body.is_some());
        let given = self.parameters.iter().filter(|(_, it)| it.from_client).count();
        let own = self.parameters.iter().filter(|(_, it)| !it.from_client);
        let required = own.clone().filter(|(_, it)| it.required).count();
        let renamed = own.clone().filter(|(_, it)| lowered_parameter(&it.name) != it.name).count();
        let own = own.count();
        for (edit, reason) in EDITS {
            let expected = match edit {
                "owner" => 6,
                // A field, its value, its setter, its place in a pattern, and its check.
                "given" => 5 * given,
                "type" => own + body,
                "missing" => required,
                "setter" => own + body,
                "checked" => own + body,
                "header" => 3,
                "operation" => 2,
                "name" => renamed,
                _ => 1,
            };
            let made = self.counts.get(edit).copied().unwrap_or_default();
            if made != expected {
                return Err(format!(
                    "the edit \"{edit}\" was made {made} times, not {expected} times: {reason}"
                ));
            }
        }
        Ok(())
    }

    /// The statements that report all violations at once.
    fn report(&self) -> Vec<Stmt> {
        let own = self.parameters.iter().filter(|(_, parameter)| !parameter.from_client);
        let mut names: Vec<Ident> = own.map(|(name, _)| format_ident!("{name}")).collect();
        let mut statements = Vec::new();
        if let Some(body) = &self.call.body {
            let body = format_ident!("{body}");
            let checked = self.has_rules.then(|| quote!(.and_then(|body| client.check(body))));
            statements.push(parse_quote! {
                let body = body.and_then(types::#body::try_from) #checked;
            });
            names.push(format_ident!("body"));
        }
        statements.push(parse_quote! {
            Error::report(Self::OPERATION, [#(#names.as_ref().err()),*])?;
        });
        statements
    }

    fn edit_send(&mut self, function: &mut ImplItemFn) {
        document(function, SEND);
        let returned = match &self.call.success.1 {
            Some(name) => format!("ResponseValue < types :: {name} >"),
            None => "ResponseValue < () >".to_owned(),
        };
        if !function.sig.output.to_token_stream().to_string().contains(&returned) {
            self.problem = Some("its send() returns another type than its success has".to_owned());
        }
        let sent = function.block.to_token_stream();
        let method = format_ident!("{}", self.call.method);
        let body = self.call.body.as_ref().map(|_| "body".to_owned());
        let lost = self.parameters.iter().map(|(name, _)| name).chain(&body);
        // Three times before it is put into the request.
        let lost = lost.into_iter().find(|name| uses(sent.clone(), &format_ident!("{name}")) < 4);
        if uses(sent.clone(), &method) == 0 {
            self.problem = Some("its request is not made by its method".to_owned());
        } else if let Some(lost) = lost {
            self.problem = Some(format!("its request is made without {lost}"));
        }
        let mut report = Some(self.report());
        let mut edited = Vec::new();
        for mut statement in std::mem::take(&mut function.block.stmts) {
            let text = statement.to_token_stream().to_string();
            let name = bound(&statement).unwrap_or_default();
            let is_value = self.parameter(&name).is_some() || (name == "body" && body.is_some());
            if is_value {
                edited.extend(report.take().into_iter().flatten());
            }
            if self.is_given(&name) {
                let name = format_ident!("{name}");
                statement = parse_quote!(let #name = client.#name(););
                self.count("given");
            } else if is_value {
                if name == "body" {
                    statement = parse_quote!(let body = body.map_err(Error::InvalidRequest)?;);
                }
                self.count("checked");
            } else if name == "info" {
                statement = parse_quote!(let info = Self::OPERATION;);
                self.count("operation");
            } else if name == "header_map" || text.contains("\"api-version\"") {
                self.count("header");
                continue;
            }
            edited.push(statement);
        }
        function.block.stmts = edited;
    }
}

impl VisitMut for Edits<'_> {
    fn visit_generics_mut(&mut self, generics: &mut Generics) {
        if generics.lifetimes().next().is_some() {
            generics.params.clear();
            self.count("owner");
        }
        visit_mut::visit_generics_mut(self, generics);
    }

    fn visit_fields_named_mut(&mut self, fields: &mut FieldsNamed) {
        for field in std::mem::take(&mut fields.named) {
            match field.ident.as_ref().is_some_and(|name| self.is_given(&name.to_string())) {
                true => self.count("given"),
                false => fields.named.push(field),
            }
        }
        for field in &mut fields.named {
            if let Type::Reference(reference) = &field.ty {
                field.ty = (*reference.elem).clone();
                self.count("owner");
            } else if keep_reason(&mut field.ty) {
                self.count("type");
            }
        }
    }

    fn visit_item_impl_mut(&mut self, item: &mut ItemImpl) {
        for function in std::mem::take(&mut item.items) {
            match &function {
                ImplItem::Fn(it) if self.is_given(&it.sig.ident.to_string()) => self.count("given"),
                _ => item.items.push(function),
            }
        }
        visit_mut::visit_item_impl_mut(self, item);
    }

    fn visit_path_arguments_mut(&mut self, arguments: &mut PathArguments) {
        if let PathArguments::AngleBracketed(list) = arguments
            && matches!(list.args.first(), Some(GenericArgument::Lifetime(_)))
        {
            *arguments = PathArguments::None;
            self.count("owner");
        }
        visit_mut::visit_path_arguments_mut(self, arguments);
    }

    fn visit_type_mut(&mut self, ty: &mut Type) {
        match ty.to_token_stream().to_string().as_str() {
            "& 'a super :: Client" => {
                *ty = parse_quote!(&super::Client);
                self.count("owner");
            }
            "Error < () >" => {
                *ty = parse_quote!(Error);
                self.count("error");
            }
            _ => visit_mut::visit_type_mut(self, ty),
        }
    }

    fn visit_impl_item_fn_mut(&mut self, function: &mut ImplItemFn) {
        let name = function.sig.ident.to_string();
        let parameter = self.parameter(&name);
        if let Some(parameter) = parameter {
            let (doc, key) = (parameter_doc(parameter), &parameter.name);
            let keep = parse_quote!(|error| error.into().at(#key));
            document(function, &doc);
            function
                .sig
                .generics
                .make_where_clause()
                .predicates
                .push(parse_quote!(V::Error: Into<ValidationError>));
            Setter(self, keep).visit_block_mut(&mut function.block);
        } else if name == "new" {
            function.vis = parse_quote!(pub(crate));
        } else if name == "body_map" {
            document(function, "Sets fields of the body, by its builder.");
        } else if name == "body" {
            document(function, "Sets the whole body, in place of what was set in it before.");
            for predicate in &mut function.sig.generics.make_where_clause().predicates {
                if let syn::WherePredicate::Type(bound) = predicate
                    && bound.bounds.to_token_stream().to_string() == "std :: fmt :: Display"
                {
                    bound.bounds = parse_quote!(Into<ValidationError>);
                }
            }
            Setter(self, parse_quote!(Into::into)).visit_block_mut(&mut function.block);
        } else if name == "send" {
            self.edit_send(function);
        } else {
            self.problem = Some(format!("its builder has {name}()"));
        }
        visit_mut::visit_impl_item_fn_mut(self, function);
    }

    /// The struct that `new` makes.
    fn visit_expr_struct_mut(&mut self, made: &mut ExprStruct) {
        for mut value in std::mem::take(&mut made.fields) {
            let name = value.member.to_token_stream().to_string();
            if self.is_given(&name) {
                self.count("given");
                continue;
            }
            if name == "client" {
                value.expr = parse_quote!(client.clone());
                self.count("owner");
            } else if let Some(parameter) = self.parameter(&name).filter(|it| it.required) {
                let key = &parameter.name;
                value.expr = parse_quote!(Err(ValidationError::missing(#key)));
                self.count("missing");
            }
            made.fields.push(value);
        }
    }

    /// `let Self { client, … } = self` of `send`.
    fn visit_pat_struct_mut(&mut self, pattern: &mut syn::PatStruct) {
        for field in std::mem::take(&mut pattern.fields) {
            match self.is_given(&field.member.to_token_stream().to_string()) {
                true => self.count("given"),
                false => pattern.fields.push(field),
            }
        }
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        visit_mut::visit_expr_mut(self, expr);
        let Expr::MethodCall(call) = expr else { return };
        let arguments = call.args.to_token_stream().to_string();
        if call.method == "headers" && arguments == "header_map" {
            *expr = (*call.receiver).clone();
            self.count("header");
        } else if call.method == "build" && arguments.is_empty() {
            let build = call.clone();
            *expr = parse_quote!(#build.map_err(|error| Error::transport(Self::OPERATION, error)));
            self.count("operation");
        }
    }

    fn visit_arm_mut(&mut self, arm: &mut Arm) {
        if matches!(arm.pat, Pat::Lit(_)) {
            arm.pat = parse_quote!(200..=299);
            self.count("status");
        }
        visit_mut::visit_arm_mut(self, arm);
    }

    fn visit_lit_str_mut(&mut self, literal: &mut syn::LitStr) {
        let text = literal.value();
        let renamed = self.parameters.iter().find(|(_, parameter)| {
            lowered_parameter(&parameter.name) == text && parameter.name != text
        });
        if let Some((_, parameter)) = renamed {
            *literal = syn::LitStr::new(&parameter.name, literal.span());
            self.count("name");
        }
    }
}

/// Puts a function in the place of the one that the errors of a setter go through.
struct Setter<'e, 'a>(&'e mut Edits<'a>, Expr);

impl VisitMut for Setter<'_, '_> {
    fn visit_expr_method_call_mut(&mut self, call: &mut ExprMethodCall) {
        visit_mut::visit_expr_method_call_mut(self, call);
        if call.method == "map_err" {
            call.args = std::iter::once(self.1.clone()).collect();
            self.0.count("setter");
        }
    }
}

/// How often a name stands among tokens.
fn uses(tokens: TokenStream, name: &Ident) -> usize {
    let tokens = tokens.into_iter();
    tokens
        .map(|token| match token {
            TokenTree::Ident(ident) => usize::from(ident == *name),
            TokenTree::Group(group) => uses(group.stream(), name),
            _ => 0,
        })
        .sum()
}

/// The name that a statement binds.
fn bound(statement: &Stmt) -> Option<String> {
    match statement {
        Stmt::Local(syn::Local { pat: Pat::Ident(pattern), .. }) => Some(pattern.ident.to_string()),
        _ => None,
    }
}
