import Kernel
import Operations

/// JSON schemas (2020-12, as OpenAPI 3.1 has them) of what goes in and out.
struct JSONSchema {
  let language: Language

  /// An input record, or the part of it in `fields`.
  /// - Parameter isOpen: whether it may have members besides.
  func record(_ fields: [any InputField], isOpen: Bool = false) -> Value {
    let required = fields.filter(\.isRequired).map { Value.text($0.name) }
    var members: [Value.Member] = [
      Value.Member("type", .text("object")),
      Value.Member("properties", .object(fields.map { Value.Member($0.name, field($0)) })),
    ]
    if !required.isEmpty { members.append(Value.Member("required", .array(required))) }
    members.append(Value.Member("additionalProperties", .bool(isOpen)))
    return .object(members)
  }

  func field(_ field: any InputField) -> Value {
    var members = type(field.type)
    if field.isClearable { members = Self.nullable(members) }
    if field.isSecret { members.append(Value.Member("writeOnly", .bool(true))) }
    members.append(Value.Member("description", .text(field.summary.text(language))))
    return .object(members)
  }

  func type(_ type: FieldType) -> [Value.Member] {
    switch type {
    case .text(let length, let multiline):
      let pattern = multiline ? "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\ufeff]*$" : "^[^\\u0000-\\u001f\\u007f-\\u009f\\ufeff]*$"
      return [
        Self.named("string"), Value.Member("minLength", .integer(Int64(length.lowerBound))), Value.Member("maxLength", .integer(Int64(length.upperBound))),
        Value.Member("pattern", .text(pattern)),
      ]
    case .integer(let range):
      return [
        Self.named("integer"), Value.Member("format", .text("int64")), Value.Member("minimum", .integer(range.lowerBound)),
        Value.Member("maximum", .integer(range.upperBound)),
      ]
    case .boolean: return [Self.named("boolean")]
    case .instant:
      return [Self.named("string"), Value.Member("format", .text("date-time")), Value.Member("pattern", .text(Self.instantPattern))]
    case .date: return [Self.named("string"), Value.Member("format", .text("date"))]
    case .month: return [Self.named("string"), Value.Member("pattern", .text(Self.monthPattern))]
    case .id(let kind): return [Self.named("string"), Value.Member("pattern", .text(Self.pattern(of: kind)))]
    case .oneOf(let allowed): return [Self.named("string"), Value.Member("enum", .array(allowed.map { .text($0) }))]
    case .percent:
      return [
        Self.named("number", "string"), Value.Member("minimum", .integer(0)), Value.Member("maximum", .integer(100)),
        Value.Member("pattern", .text("^[0-9]{1,3}([.][0-9]{1,4})?$")),
      ]
    case .amount: return [Self.named("string", "number"), Value.Member("pattern", .text("^-?[0-9]{1,18}([.][0-9]{1,4})?$"))]
    case .list(let element, let count):
      return [
        Self.named("array"), Value.Member("items", .object(self.type(element))), Value.Member("minItems", .integer(Int64(count.lowerBound))),
        Value.Member("maxItems", .integer(Int64(count.upperBound))),
      ]
    case .object(let fields): return record(fields).members ?? []
    case .document: return [Self.named("object")]
    }
  }

  /// An output. Its fields are always there; one without a value is null, and what is inside a record may be absent as
  /// a whole.
  func output(_ type: OutputType) -> [Value.Member] {
    switch type {
    case .text: return [Self.named("string")]
    case .integer: return [Self.named("integer"), Value.Member("format", .text("int64"))]
    case .boolean: return [Self.named("boolean")]
    case .instant: return [Self.named("string"), Value.Member("format", .text("date-time"))]
    case .date: return [Self.named("string"), Value.Member("format", .text("date"))]
    case .decimal: return [Self.named("string", "number")]
    case .id: return [Self.named("string"), Value.Member("pattern", .text(Self.idPattern("[a-z]{2,6}")))]
    case .list(let element): return [Self.named("array"), Value.Member("items", .object(output(element)))]
    case .object(let fields):
      let properties = fields.map { field in
        // A description beside the type, so that a record's own does not stand in for its field's.
        let members = Self.nullable(output(field.type)) + [Value.Member("description", .text(field.summary.text(language)))]
        return Value.Member(field.name, .object(members))
      }
      return [
        Self.named("object"), Value.Member("properties", .object(properties)), Value.Member("required", .array(fields.map { .text($0.name) })),
      ]
    case .document: return [Self.named("object")]
    }
  }

  /// The same, or null.
  static func nullable(_ members: [Value.Member]) -> [Value.Member] {
    members.map { member in
      switch (member.name, member.value) {
      case ("type", .text(let name)): Value.Member("type", .array([.text(name), .text("null")]))
      case ("type", .array(let names)): Value.Member("type", .array(names + [.text("null")]))
      case ("enum", .array(let allowed)): Value.Member("enum", .array(allowed + [.null]))
      default: member
      }
    }
  }

  private static func named(_ names: String...) -> Value.Member {
    Value.Member("type", names.count == 1 ? .text(names.first) : .array(names.map { .text($0) }))
  }

  /// What `format` alone would allow and ``Instant`` does not read: years before 1970, leap seconds, fractions beyond
  /// microseconds.
  private static let instantPattern =
    "^(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3])(:[0-5][0-9]){2}([.][0-9]{1,6})?"
    + "([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
  /// There is no year 0.
  private static let monthPattern = "^([0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)-(0[1-9]|1[0-2])$"

  /// 128 bits in 26 letters of base32; the last letter carries three of them.
  private static func idPattern(_ prefix: String) -> String { "^\(idForm(prefix))$" }

  private static func idForm(_ prefix: String) -> String { "\(prefix)_[0-9abcdefghjkmnpqrstvwxyz]{26}" }

  /// What an input takes for a thing: its id, or what people call it.
  private static func pattern(of kind: IdKind) -> String {
    let code = "[A-Za-z][A-Za-z0-9]{1,15}"
    let name: String
    switch kind.name {
    case .code?: name = code
    case .number? where kind.prefix == "art": name = "[Kk][Bb]-[0-9]{1,18}"
    case .number?:
      let letters = ThingNumber.letters(of: kind.prefix).map { "[\($0)\($0.lowercased())]" }.joined()
      name = "\(code)-\(letters)-[0-9]{1,18}"
    case .email?: name = "[^@]+@[^@]+"
    case nil: return idPattern(kind.prefix)
    }
    return "^(\(idForm(kind.prefix))|\(name))$"
  }
}
