/// A type of PostgreSQL by its object id. The ids of built-in types are part of the protocol and never change.
package struct PostgresType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  package let rawValue: UInt32

  package init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  package static let bool = PostgresType(rawValue: 16)
  package static let bytea = PostgresType(rawValue: 17)
  package static let name = PostgresType(rawValue: 19)
  package static let int8 = PostgresType(rawValue: 20)
  package static let int2 = PostgresType(rawValue: 21)
  package static let int4 = PostgresType(rawValue: 23)
  package static let text = PostgresType(rawValue: 25)
  package static let json = PostgresType(rawValue: 114)
  package static let unknown = PostgresType(rawValue: 705)
  package static let bpchar = PostgresType(rawValue: 1042)
  package static let varchar = PostgresType(rawValue: 1043)
  package static let date = PostgresType(rawValue: 1082)
  package static let timestamptz = PostgresType(rawValue: 1184)
  package static let numeric = PostgresType(rawValue: 1700)
  package static let void = PostgresType(rawValue: 2278)
  package static let jsonb = PostgresType(rawValue: 3802)

  /// The array type of a built-in element type that is known here.
  package var array: PostgresType? { Self.arrays.first { $0.element == self }?.array }

  /// The element type of an array type that is known here.
  package var element: PostgresType? { Self.arrays.first { $0.array == self }?.element }

  package var description: String {
    if let name = Self.names[self] { return name }
    if let element, let name = Self.names[element] { return name + "[]" }
    return "type \(rawValue)"
  }

  private static let arrays: [(element: PostgresType, array: PostgresType)] = [
    (int8, PostgresType(rawValue: 1016)), (text, PostgresType(rawValue: 1009)), (int4, PostgresType(rawValue: 1007)),
    (bool, PostgresType(rawValue: 1000)), (timestamptz, PostgresType(rawValue: 1185)), (date, PostgresType(rawValue: 1182)),
    (bytea, PostgresType(rawValue: 1001)), (numeric, PostgresType(rawValue: 1231)), (jsonb, PostgresType(rawValue: 3807)),
    (int2, PostgresType(rawValue: 1005)), (varchar, PostgresType(rawValue: 1015)), (name, PostgresType(rawValue: 1003)),
    (json, PostgresType(rawValue: 199)), (bpchar, PostgresType(rawValue: 1014)),
  ]

  private static let names: [PostgresType: String] = [
    bool: "bool", bytea: "bytea", name: "name", int8: "int8", int2: "int2", int4: "int4", text: "text", json: "json", unknown: "unknown",
    bpchar: "bpchar", varchar: "varchar", date: "date", timestamptz: "timestamptz", numeric: "numeric", void: "void", jsonb: "jsonb",
  ]
}
