import Kernel
import Operations

/// A team of the provider's staff.
package struct TeamRecord: OperationOutput {
  let id: PublicId
  let name: String
  let members: Int64
  let version: Int64

  init(id: PublicId, name: String, members: Int64, version: Int64) {
    self.id = id
    self.name = name
    self.members = members
    self.version = version
  }

  init(_ row: TeamRow, in context: OperationContext) {
    self.init(id: context.id(.team, row.publicId), name: row.name, members: row.members, version: row.version)
  }

  package static let fields: [OutputField<TeamRecord>] = [
    OutputField("id", .id, "Its id.", "编号。") { .id($0.id) },
    OutputField("name", .text, "Its name.", "名称。") { .text($0.name) },
    OutputField(
      "members", .integer, "How many members it has who may work; 0: whoever may work answers what it is offered.",
      "有权处理工单的成员数；0 表示移交给该团队的事项可由任何有权处理者答复。"
    ) {
      .integer($0.members)
    },
    OutputField("version", .integer, "For If-Match; it rises when its members change.", "用于 If-Match 的版本号，成员变更时递增。") { .integer($0.version) },
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
    return TeamRecord(id: id, name: input.name, members: 0, version: 1)
  }
}

package enum ReadTeam: Operation {
  package typealias Input = ReferenceInput<TeamFields>

  package static let declaration = Declaration(
    "team.read", "Read a team.", zh: "查看团队。", roles: [.administrator, .accountManager, .engineer], reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TeamRecord {
    TeamRecord(try await context.team(input.id), in: context)
  }
}

package enum ListTeams: Operation {
  package struct Input: OperationInput {
    let mine: Bool
    let limit: Int64?
    let cursor: String?

    private static let mine = Field.boolean("mine", "Only those of which the caller is a member.", "仅限本人所属的团队。").optional
    package static let fields: [any InputField] = [mine, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      mine = try values[Self.mine] ?? false
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "team.list", "List the teams by name.", zh: "按名称列出团队。", permission: "team.read",
    roles: [.administrator, .accountManager, .engineer], reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<TeamRecord> {
    let filter = input.mine ? "mine" : ""
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    // A program, or the operator at the machine, is a member of none.
    let member: Int64? = input.mine ? (context.actor.kind == .staff ? context.actor.id : 0) : nil
    let rows = try await context.transaction.query(
      TeamsByName(provider: context.provider.id, now: context.now, after: try after?.text(0) ?? "", member: member, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.text($0.name)]) }) { TeamRecord($0, in: context) }
  }
}
