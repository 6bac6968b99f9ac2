import Kernel

/// An output: its fields, listed once; JSON, its schema, admin rows and CSV all come from the list.
package protocol OperationOutput: Sendable {
  static var fields: [OutputField<Self>] { get }
}

/// What an output field holds, for the schema.
package indirect enum OutputType: Sendable {
  case text, integer, boolean, instant, date, decimal, id
  case list(OutputType)
  case object([(name: String, type: OutputType, summary: Message)])
  /// An object of free shape.
  case document
}

package struct OutputField<Record>: Sendable {
  package let name: String
  package let type: OutputType
  package let summary: Message
  package let value: @Sendable (Record) -> Value

  package init(_ name: String, _ type: OutputType, _ english: String, _ chinese: String, _ value: @escaping @Sendable (Record) -> Value) {
    self.name = name
    self.type = type
    summary = Message("field.\(name)", english, zh: chinese)
    self.value = value
  }

  /// A list of records.
  package init<Element: OperationOutput>(
    _ name: String, listOf element: Element.Type, _ english: String, _ chinese: String, _ elements: @escaping @Sendable (Record) -> [Element]
  ) {
    self.init(name, .list(Element.schema), english, chinese) { .array(elements($0).map(\.value)) }
  }

  /// A record inside a record.
  package init<Element: OperationOutput>(
    _ name: String, record: Element.Type, _ english: String, _ chinese: String, _ element: @escaping @Sendable (Record) -> Element?
  ) {
    self.init(name, Element.schema, english, chinese) { element($0)?.value ?? .null }
  }

  /// The same field of a record that has more to say.
  package func of<Whole>(_ record: @escaping @Sendable (Whole) -> Record) -> OutputField<Whole> {
    OutputField<Whole>(name, type, summary.english, summary.chinese) { self.value(record($0)) }
  }
}

extension OperationOutput {
  package var value: Value {
    // The fields are read where they lie: a copy of one counts references to its name, its type and its texts.
    Self.fields.withUnsafeBufferPointer { fields in
      .object(fields.indices.map { Value.Member(fields[$0].name, fields[$0].value(self)) })
    }
  }
  package static var schema: OutputType { .object(Self.fields.map { ($0.name, $0.type, $0.summary) }) }
}

/// A page of a listing.
package struct Listing<Element: OperationOutput>: OperationOutput {
  package let items: [Element]
  /// Opaque; nil on the last page.
  package let next: String?

  package init(items: [Element], next: String?) {
    self.items = items
    self.next = next
  }

  package static var fields: [OutputField<Self>] {
    [
      OutputField("items", listOf: Element.self, "The elements of this page.", "本页的元素。") { $0.items },
      OutputField("next", .text, "The cursor of the next page; null on the last.", "下一页的游标；最后一页为 null。") { .text($0.next) },
    ]
  }
}

/// The inputs that every listing takes.
package enum Paging {
  package static let limit = Field.integer("limit", 1...200, "How many elements at the most (default 50).", "最多返回多少个元素（默认 50）。").optional
  package static let cursor = Field.text("cursor", 1...2000, "Where to go on: `next` of the page before.", "从何处继续：上一页的 next。").optional
  package static let defaultLimit: Int64 = 50
}

/// The result of an act that leaves nothing to read.
package struct Done: OperationOutput {
  package let id: PublicId?
  package let version: Int64?

  package init(id: PublicId? = nil, version: Int64? = nil) {
    self.id = id
    self.version = version
  }

  package static let fields: [OutputField<Done>] = [
    OutputField("id", .id, "What was acted on.", "被操作的对象。") { .id($0.id) },
    OutputField("version", .integer, "Its version now.", "其当前版本。") { .integer($0.version) },
  ]
}
