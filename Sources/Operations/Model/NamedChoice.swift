import Kernel

/// A value that is stored and what is shown for it: one of those that a field offers for choice.
package struct NamedChoice: OperationInput, Hashable {
  package let value: String
  package let name: LocalText

  private static let value = Field.text("value", 1...60, "What is stored.", "存储的值。")
  private static let name = Field.localText("name", 1...200, "What is shown.", "显示的名称。")

  package static let fields: [any InputField] = [value, name]

  package init(_ values: InputValues) throws(FieldError) {
    value = try values[Self.value]
    name = try values[Self.name]
  }

  package var stored: Value { .object(["value": .text(value), "name": name.value ?? .null]) }
}
