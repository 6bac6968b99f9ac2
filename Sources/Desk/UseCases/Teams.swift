import Kernel
import Operations

/// A team of the provider's staff.
package struct TeamRecord: OperationOutput {
  let id: PublicId
  let name: String
  let version: Int64

  package static let fields: [OutputField<TeamRecord>] = [
    OutputField("id", .id, "Its id.", "编号。") { .id($0.id) },
    OutputField("name", .text, "Its name.", "名称。") { .text($0.name) },
    OutputField("version", .integer, "Its version.", "版本号。") { .integer($0.version) },
  ]
}

package enum CreateTeam: Operation {
  package struct Input: OperationInput {
    let name: String

    static let nameField = Field.text("name", 1...100, "The team's name, unique.", "团队名称，唯一。")
    package static let fields: [any InputField] = [nameField]

    package init(_ values: InputValues) throws(FieldError) {
      name = try values[Self.nameField]
    }
  }

  package static let declaration = Declaration(
    "team.create", "Set up a team.", zh: "新建团队。", permission: "team.manage", roles: [.administrator, .accountManager], scopes: [.all],
    reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TeamRecord {
    let bits = context.random.publicIdBits()
    context.transaction.enqueue(InsertTeam(publicId: bits, name: input.name, recordedAt: context.now))
    let id = context.id(.team, bits)
    context.subject(id)
    return TeamRecord(id: id, name: input.name, version: 1)
  }
}

package enum ListTeams: Operation {
  package struct Input: OperationInput {
    let limit: Int64?
    let cursor: String?

    package static let fields: [any InputField] = [Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "team.list", "List the teams by name.", zh: "按名称列出团队。", permission: "team.read",
    roles: [.administrator, .accountManager, .engineer], reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<TeamRecord> {
    let (limit, after) = try context.page(input.limit, input.cursor)
    let rows = try await context.transaction.query(TeamsByName(after: try after?.text(0) ?? "", limit: limit + 1))
    return context.listing(rows, limit: limit, key: { PageCursor([.text($0.name)]) }) { row in
      TeamRecord(id: context.id(.team, row.publicId), name: row.name, version: row.version)
    }
  }
}
