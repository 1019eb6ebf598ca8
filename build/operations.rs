//! The builders of operations: as the generator writes them, but for the edits that are listed here.
//! Each edit is looked for where it belongs, and one that finds nothing to do is an error.
//!
//! 1. The builder owns a clone of the client, in place of borrowing it: a request can be sent from
//!    another task.
//! 2. What the client has been given once (`x-client-parameter`) is taken from it, and has no setter.
//! 3. A setter keeps the reason why a value was rejected; the generator keeps a text without it.
//! 4. `send()` reports all rejected values at once, and checks the rules of the body.
//! 5. The header `api-version` goes, which the service does not know.
//! 6. `send()` returns this crate's types; any status of success is one.
//! 7. A query parameter whose name the generated code has a use for (`client`, `send`, `items`) is renamed
//!    for Rust, and sent as the document calls it.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Block, Expr, File, FnArg, GenericArgument, Ident, ImplItem, ImplItemFn, Item, ItemImpl,
    ItemStruct, Pat, PathArguments, Stmt, Type, WherePredicate, parse_quote,
};

use super::names::{lowered_parameter, pascal_case, rust_name};
use super::objects::when_some;
use super::plan::{Call, Parameter, Plan};
use super::syntax::{check_type, inside, is_of, module};
use super::values::{call_doc, docs, parameter_doc, rust_type};
use super::{Failure, Result};

/// The builder of an operation, and what it was made of.
pub struct Operation<'a> {
    pub call: &'a Call,
    pub ident: Ident,
    /// The method of the client that makes the builder.
    pub method: ImplItemFn,
    /// Each parameter, by the name that the generator gives it.
    pub parameters: Vec<(Ident, &'a Parameter)>,
    /// Whether the document states rules for the body.
    has_rules: bool,
    made: ItemStruct,
    implementation: ItemImpl,
}

/// Why an edit could not be made.
pub type Outcome<T> = std::result::Result<T, String>;

/// The builders of the module `builder`: exactly the operations of the plan.
pub fn operations<'a>(file: &File, plan: &'a Plan) -> Result<Vec<Operation<'a>>> {
    let items = module(&file.items, "builder")?;
    let count = items.iter().filter(|item| matches!(item, Item::Struct(_))).count();
    if count != plan.operations.len() {
        return Err(Failure::new(
            "the generated code",
            format!("{count} builders for {} operations", plan.operations.len()),
        ));
    }
    let made = |call| {
        let of = Operation::of(file, items, call, plan);
        of.map_err(|reason| Failure::new(format!("operation {}", call.id), reason))
    };
    plan.operations.iter().map(made).collect()
}

impl<'a> Operation<'a> {
    fn of(file: &File, items: &[Item], call: &'a Call, plan: &'a Plan) -> Outcome<Self> {
        let name = pascal_case(&call.id);
        let made = items.iter().find_map(|item| match item {
            Item::Struct(item) if item.ident == name => Some(item.clone()),
            _ => None,
        });
        let implementation = items.iter().find_map(|item| match item {
            Item::Impl(item) if item.trait_.is_none() && is_of(item, &name) => Some(item.clone()),
            _ => None,
        });
        let (Some(made), Some(implementation)) = (made, implementation) else {
            return Err("the generator made no builder of it".to_owned());
        };
        let method = rust_name(&call.id);
        let methods = file.items.iter().filter_map(|item| match item {
            Item::Impl(item) if item.trait_.is_none() && is_of(item, "Client") => Some(&item.items),
            _ => None,
        });
        let method = methods.flatten().find_map(|item| match item {
            ImplItem::Fn(function) if function.sig.ident == method => Some(function.clone()),
            _ => None,
        });
        let mut operation = Self {
            call,
            ident: format_ident!("{name}"),
            method: method.ok_or("the client has no method of it")?,
            parameters: Vec::new(),
            has_rules: call.body.as_ref().is_some_and(|body| plan.rules.contains_key(body)),
            made,
            implementation,
        };
        operation.check_fields(plan)?;
        operation.check_send()?;
        operation.edit_struct()?;
        operation.edit_impl()?;
        let method = &mut operation.method;
        document(method, &call_doc(call));
        let ident = &operation.ident;
        method.sig.output = parse_quote!(-> builder::#ident);
        Ok(operation)
    }

    /// Checks that the builder has a field for each parameter, and no others.
    fn check_fields(&mut self, plan: &Plan) -> Outcome<()> {
        let mut fields: Vec<(Ident, Type)> = Vec::new();
        for field in &self.made.fields {
            fields.extend(field.ident.clone().map(|ident| (ident, field.ty.clone())));
        }
        for parameter in &self.call.parameters {
            let name = rust_name(&lowered_parameter(&parameter.name));
            let at = fields.iter().position(|(ident, _)| *ident == name);
            let at = at.ok_or_else(|| format!("the generator lost the parameter {name}"))?;
            let (ident, ty) = fields.swap_remove(at);
            let ty = inside(&ty, "Result").ok_or("a parameter is no Result")?;
            let planned = rust_type(plan, &parameter.ty, true);
            let planned = if parameter.required { planned } else { quote!(Option<#planned>) };
            let place = format!("parameter {name}");
            check_type(&place, ty, planned).map_err(|failure| failure.to_string())?;
            self.parameters.push((ident, parameter));
        }
        let mut left: Vec<String> = fields.iter().map(|(ident, _)| ident.to_string()).collect();
        left.sort();
        let expected: &[&str] =
            if self.call.body.is_some() { &["body", "client"] } else { &["client"] };
        match left == expected {
            true => Ok(()),
            false => Err(format!("its builder has {left:?} beside the parameters")),
        }
    }

    /// Checks that the request is made of all that it has to be, and what is returned.
    fn check_send(&self) -> Outcome<()> {
        let send = self.implementation.items.iter().find_map(|item| match item {
            ImplItem::Fn(item) if item.sig.ident == "send" => Some(item),
            _ => None,
        });
        let send = send.ok_or("its builder has no send()")?;
        let returned = match &send.sig.output {
            syn::ReturnType::Type(_, returned) => inside(returned, "Result"),
            syn::ReturnType::Default => None,
        };
        let returned = returned.and_then(|value| inside(value, "ResponseValue"));
        let is_expected = match (returned, self.call.success.1.as_deref()) {
            (Some(Type::Path(path)), Some(name)) => {
                path.path.segments.last().is_some_and(|segment| segment.ident == name)
            }
            (Some(Type::Tuple(unit)), None) => unit.elems.is_empty(),
            _ => false,
        };
        if !is_expected {
            return Err("its send() returns another type than its success has".to_owned());
        }
        let sent = send.block.to_token_stream();
        if uses(sent.clone(), &format_ident!("{}", self.call.method)) == 0 {
            return Err("its request is not made by its method".to_owned());
        }
        let body = self.call.body.as_ref().map(|_| format_ident!("body"));
        let mut all = self.parameters.iter().map(|(ident, _)| ident).chain(&body);
        // Three times before it is put into the request.
        match all.find(|ident| uses(sent.clone(), ident) < 4) {
            Some(lost) => Err(format!("its request is made without {lost}")),
            None => Ok(()),
        }
    }

    fn parameter(&self, name: &str) -> Option<&'a Parameter> {
        self.parameters.iter().find(|(ident, _)| ident == name).map(|(_, parameter)| *parameter)
    }

    fn is_from_client(&self, name: &str) -> bool {
        self.parameter(name).is_some_and(|parameter| parameter.from_client)
    }

    /// How many parameters the caller gives, and how many the client.
    fn counts(&self) -> (usize, usize) {
        let from_client = self.parameters.iter().filter(|(_, it)| it.from_client).count();
        (self.parameters.len() - from_client, from_client)
    }

    fn edit_struct(&mut self) -> Outcome<()> {
        let method = &self.method.sig.ident;
        let doc = docs(&format!(
            "A request of [`Client::{method}`](crate::Client::{method}) under construction."
        ));
        let mut item = self.made.clone();
        item.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
        let with_doc: ItemStruct = parse_quote! {
            #doc
            #[must_use = "nothing is sent before `send()`"]
            struct Documented;
        };
        item.attrs.splice(0..0, with_doc.attrs);
        item.generics = syn::Generics::default();
        let syn::Fields::Named(fields) = &mut item.fields else {
            return Err("its builder has no fields".to_owned());
        };
        let mut kept = syn::punctuated::Punctuated::new();
        for mut field in std::mem::take(&mut fields.named) {
            let name = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
            if name == "client" {
                field.ty = parse_quote!(super::Client);
            } else if self.is_from_client(&name) {
                continue;
            } else {
                edit_error(&mut field.ty)?;
            }
            kept.push(field);
        }
        fields.named = kept;
        self.made = item;
        Ok(())
    }

    fn edit_impl(&mut self) -> Outcome<()> {
        let mut item = self.implementation.clone();
        item.generics = syn::Generics::default();
        if let Type::Path(path) = &mut *item.self_ty {
            for segment in &mut path.path.segments {
                segment.arguments = PathArguments::None;
            }
        }
        item.items.retain(|item| match item {
            ImplItem::Fn(function) => !self.is_from_client(&function.sig.ident.to_string()),
            _ => true,
        });
        let mut setters = 0;
        for item in &mut item.items {
            let ImplItem::Fn(function) = item else { continue };
            match function.sig.ident.to_string().as_str() {
                "new" => self.edit_new(function)?,
                "send" => self.edit_send(function)?,
                "body" if self.call.body.is_some() => edit_body(function)?,
                "body_map" if self.call.body.is_some() => {
                    document(function, "Sets fields of the body, by its builder.");
                }
                name => {
                    let parameter = self.parameter(name).ok_or(format!("it has {name}()"))?;
                    edit_setter(function, parameter)?;
                    setters += 1;
                }
            }
        }
        let (expected, _) = self.counts();
        self.implementation = item;
        if setters == expected { Ok(()) } else { Err(format!("it has {setters} setters")) }
    }

    /// The builder as the generator made it, with what this crate adds.
    pub fn tokens(&self) -> TokenStream {
        let Self { made, implementation, ident, .. } = self;
        let (id, when_some) = (&self.call.id, when_some());
        let is_read = matches!(self.call.method.as_str(), "get" | "head" | "options");
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
        let unchecked = self.has_rules.then(|| {
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
            #made

            #implementation

            impl #ident {
                const OPERATION: Operation = Operation { operation_id: #id };

                #when_some
                #unchecked
                #retry_unsafe
            }
        }
    }

    /// Edits 1, 2 and 3.
    fn edit_new(&self, function: &mut ImplItemFn) -> Outcome<()> {
        function.vis = parse_quote!(pub(crate));
        let Some(FnArg::Typed(client)) = function.sig.inputs.first_mut() else {
            return Err("its new() takes no client".to_owned());
        };
        client.ty = parse_quote!(&super::Client);
        let Some(Stmt::Expr(Expr::Struct(made), None)) = function.block.stmts.first_mut() else {
            return Err("its new() makes no struct".to_owned());
        };
        let mut kept = syn::punctuated::Punctuated::new();
        for mut field in std::mem::take(&mut made.fields) {
            let name = field.member.to_token_stream().to_string();
            if name == "client" {
                field.expr = parse_quote!(client.clone());
            } else if self.is_from_client(&name) {
                continue;
            } else if let Some(parameter) = self.parameter(&name).filter(|it| it.required) {
                let key = &parameter.name;
                field.expr = parse_quote!(Err(ValidationError::missing(#key)));
            }
            kept.push(field);
        }
        made.fields = kept;
        Ok(())
    }

    /// Edits 2, 4, 5 and 6.
    fn edit_send(&self, function: &mut ImplItemFn) -> Outcome<()> {
        let only = "Sends the request, and reads the response.\n\n# Errors\n\nBefore anything is sent, \
                    if a value was rejected or a required one is missing: [`Error::violations`] lists \
                    all of them. Otherwise if there was no connection or no response in time, if the \
                    response has an error status, or if it can't be read: see [`Error`].";
        document(function, only);
        edit_returned(function)?;
        let bindings: Vec<String> = function.block.stmts.iter().filter_map(bound).collect();
        for name in ["url", "header_map", "request", "info", "result", "response"] {
            if bindings.iter().filter(|binding| *binding == name).count() != 1 {
                return Err(format!("there is not one {name}"));
            }
        }
        let (mut taken, mut unwrapped, mut matched) = (0, 0, 0);
        let mut edited: Vec<Stmt> = Vec::new();
        let mut report = None;
        let mut headers = 0;
        for mut statement in std::mem::take(&mut function.block.stmts) {
            let text = statement.to_token_stream().to_string();
            match bound(&statement).as_deref() {
                Some("Self") => self.edit_pattern(&mut statement),
                Some(name) if self.is_from_client(name) => {
                    let name = format_ident!("{name}");
                    statement = parse_quote!(let #name = client.#name(););
                    taken += 1;
                }
                Some("body") if self.call.body.is_some() => {
                    statement = parse_quote!(let body = body.map_err(Error::InvalidRequest)?;);
                    unwrapped += 1;
                }
                Some(name) if self.parameter(name).is_some() => unwrapped += 1,
                Some("header_map") => {
                    headers += 1;
                    continue;
                }
                Some("request") => {
                    edit_request(&mut statement)?;
                    self.edit_names(&mut statement)?;
                }
                Some("info") => statement = parse_quote!(let info = Self::OPERATION;),
                None if text.contains("header_map") => {
                    headers += usize::from(text.contains("\"api-version\""));
                    continue;
                }
                None if text.starts_with("match response") => {
                    edit_match(&mut statement)?;
                    matched += 1;
                }
                _ => {}
            }
            if taken + unwrapped == 1 && report.is_none() {
                report = Some(edited.len());
            }
            edited.push(statement);
        }
        let (given, from_client) = self.counts();
        if (taken, unwrapped) != (from_client, given + usize::from(self.call.body.is_some())) {
            return Err("its send() does not check each value".to_owned());
        }
        if (headers, matched) != (2, 1) {
            return Err(
                "there is not one header, api-version, and one match of the status".to_owned()
            );
        }
        if let Some(at) = report {
            edited.splice(at..at, self.report());
        }
        function.block = Block { stmts: edited, ..function.block.clone() };
        Ok(())
    }

    /// Edit 7.
    fn edit_names(&self, statement: &mut Stmt) -> Outcome<()> {
        for (_, parameter) in &self.parameters {
            let (name, lowered) = (&parameter.name, lowered_parameter(&parameter.name));
            if lowered != *name {
                let mut literals = Literals { from: &lowered, to: name, found: 0 };
                literals.visit_stmt_mut(statement);
                if literals.found != 1 {
                    return Err(format!("its request is made without {name}"));
                }
            }
        }
        Ok(())
    }

    /// Takes what the client has out of `let Self { client, … } = self`.
    fn edit_pattern(&self, statement: &mut Stmt) {
        if let Stmt::Local(local) = statement
            && let Pat::Struct(pattern) = &mut local.pat
        {
            let fields = std::mem::take(&mut pattern.fields);
            pattern.fields = fields
                .into_iter()
                .filter(|field| !self.is_from_client(&field.member.to_token_stream().to_string()))
                .collect();
        }
    }

    /// The statements that report all violations at once.
    fn report(&self) -> Vec<Stmt> {
        let given = self.parameters.iter().filter(|(_, parameter)| !parameter.from_client);
        let mut statements = Vec::new();
        let mut names: Vec<Ident> = given.map(|(name, _)| name.clone()).collect();
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

/// The name that a statement binds; `Self` where it takes the builder apart.
fn bound(statement: &Stmt) -> Option<String> {
    let Stmt::Local(local) = statement else { return None };
    match &local.pat {
        Pat::Ident(pattern) => Some(pattern.ident.to_string()),
        Pat::Struct(_) => Some("Self".to_owned()),
        _ => None,
    }
}

/// Gives a function this documentation, in place of its own.
pub fn document(function: &mut ImplItemFn, doc: &str) {
    let doc = docs(doc);
    let documented: ImplItemFn = parse_quote!(#doc fn documented() {});
    function.attrs = documented.attrs;
}

/// `Result<T, String>` as `Result<T, ValidationError>`.
pub fn edit_error(ty: &mut Type) -> Outcome<()> {
    if let Type::Path(path) = ty
        && let Some(segment) = path.path.segments.last_mut()
        && segment.ident == "Result"
        && let PathArguments::AngleBracketed(arguments) = &mut segment.arguments
        && let Some(GenericArgument::Type(error)) = arguments.args.last_mut()
        && ["String", ":: std :: string :: String"].contains(&&*error.to_token_stream().to_string())
    {
        *error = parse_quote!(crate::ValidationError);
        return Ok(());
    }
    Err(format!("its builder has a {} in place of a Result", ty.to_token_stream()))
}

fn edit_setter(function: &mut ImplItemFn, parameter: &Parameter) -> Outcome<()> {
    document(function, &parameter_doc(parameter));
    let clause = function.sig.generics.make_where_clause();
    clause.predicates.push(parse_quote!(V::Error: Into<ValidationError>));
    let key = &parameter.name;
    rejections(function, &parse_quote!(|error| error.into().at(#key)))
}

fn edit_body(function: &mut ImplItemFn) -> Outcome<()> {
    document(function, "Sets the whole body, in place of what was set in it before.");
    let clause = function.sig.generics.make_where_clause();
    let Some(WherePredicate::Type(error)) = clause.predicates.last_mut() else {
        return Err("its body() has no bound".to_owned());
    };
    error.bounds = parse_quote!(Into<ValidationError>);
    rejections(function, &parse_quote!(Into::into))
}

/// Puts a function in the place of the one that the errors of a setter go through.
pub fn rejections(function: &mut ImplItemFn, map: &Expr) -> Outcome<()> {
    let name = function.sig.ident.to_string();
    let mut calls = Calls {
        method: "map_err",
        found: 0,
        edit: &mut |call| {
            call.args = std::iter::once(map.clone()).collect();
            None
        },
    };
    calls.visit_block_mut(&mut function.block);
    if calls.found == 1 { Ok(()) } else { Err(format!("its {name}() keeps no error")) }
}

/// Puts something in the place of the only call of a method in a function.
pub fn bind(
    function: &mut ImplItemFn,
    method: &str,
    edit: impl Fn(&syn::ExprMethodCall) -> Expr,
) -> Outcome<()> {
    let mut calls = Calls { method, found: 0, edit: &mut |call| Some(edit(call)) };
    calls.visit_block_mut(&mut function.block);
    let name = &function.sig.ident;
    if calls.found == 1 { Ok(()) } else { Err(format!("its {name}() calls no {method}()")) }
}

/// `Result<ResponseValue<T>, Error<()>>` as `Result<Response<T>, Error>`.
fn edit_returned(function: &mut ImplItemFn) -> Outcome<()> {
    if let syn::ReturnType::Type(_, returned) = &mut function.sig.output
        && let Type::Path(path) = &mut **returned
        && let Some(PathArguments::AngleBracketed(result)) =
            path.path.segments.last_mut().map(|segment| &mut segment.arguments)
        && let (
            Some(GenericArgument::Type(Type::Path(response))),
            Some(GenericArgument::Type(error)),
        ) = (result.args.first().cloned(), result.args.last_mut())
        && let Some(segment) = response.path.segments.last()
        && segment.ident == "ResponseValue"
    {
        *error = parse_quote!(Error);
        let arguments = &segment.arguments;
        result.args[0] = GenericArgument::Type(parse_quote!(Response #arguments));
        return Ok(());
    }
    Err("its send() returns no response".to_owned())
}

/// Takes `.headers(header_map)` out, and names the operation in the error of `.build()`.
fn edit_request(statement: &mut Stmt) -> Outcome<()> {
    let mut headers =
        Calls { method: "headers", found: 0, edit: &mut |call| Some((*call.receiver).clone()) };
    headers.visit_stmt_mut(statement);
    let mut built = Calls {
        method: "build",
        found: 0,
        edit: &mut |call| {
            let call = call.clone();
            Some(parse_quote!(#call.map_err(|error| Error::transport(Self::OPERATION, error))))
        },
    };
    built.visit_stmt_mut(statement);
    match (headers.found, built.found) {
        (1, 1) => Ok(()),
        (1, _) => Err("the request is not built".to_owned()),
        _ => Err("the header map is not used once".to_owned()),
    }
}

/// Takes any status of success for the documented one.
fn edit_match(statement: &mut Stmt) -> Outcome<()> {
    if let Stmt::Expr(Expr::Match(statuses), _) = statement
        && let [success, other] = statuses.arms.as_mut_slice()
        && matches!(success.pat, Pat::Lit(_))
        && matches!(other.pat, Pat::Wild(_))
    {
        success.pat = parse_quote!(200..=299);
        return Ok(());
    }
    Err("its send() expects more than one status".to_owned())
}

/// Puts one string literal in the place of another.
struct Literals<'a> {
    from: &'a str,
    to: &'a str,
    found: usize,
}

impl VisitMut for Literals<'_> {
    fn visit_lit_str_mut(&mut self, literal: &mut syn::LitStr) {
        if literal.value() == self.from {
            self.found += 1;
            *literal = syn::LitStr::new(self.to, literal.span());
        }
    }
}

/// Edits the calls of a method, or replaces them.
struct Calls<'a> {
    method: &'a str,
    found: usize,
    edit: &'a mut dyn FnMut(&mut syn::ExprMethodCall) -> Option<Expr>,
}

impl VisitMut for Calls<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        visit_mut::visit_expr_mut(self, expr);
        if let Expr::MethodCall(call) = expr
            && call.method == self.method
        {
            self.found += 1;
            if let Some(replacement) = (self.edit)(call) {
                *expr = replacement;
            }
        }
    }
}
