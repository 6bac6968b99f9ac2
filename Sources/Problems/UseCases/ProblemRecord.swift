import Assets
import Attributes
import Desk
import Kernel
import Operations
import Tenancy

/// A problem in a listing.
package struct ProblemLine: OperationOutput {
  let row: ProblemRow
  private let requester: PublicId?
  private let provider: TenantEntry

  init(_ row: ProblemRow, in context: OperationContext) {
    self.row = row
    requester = context.shown(row.requester)
    provider = context.provider
  }

  package static let fields: [OutputField<ProblemLine>] = facts { $0 }

  private func id(_ kind: IdKind, _ bits: [UInt8]?) -> Value { .id(bits.map { provider.id(kind.prefix, $0) }) }

  static func facts<Record>(_ of: @escaping @Sendable (Record) -> ProblemLine) -> [OutputField<Record>] {
    [
      OutputField("id", .id, "The problem.", "问题编号。") { of($0).id(.problem, of($0).row.publicId) },
      OutputField("number", .text, "Its number, for people.", "问题号。") { .text(ProblemNumber.text(of($0).provider.code, of($0).row.number)) },
      OutputField("customer", .id, "The customer that it is about; null: it may concern several.", "所涉及的客户；null 表示不限于一个客户。") {
        .id(of($0).row.customer?.publicId)
      },
      OutputField("title", .text, "What it is about, in a line.", "标题。") { .text(of($0).row.title) },
      OutputField("category", .text, "Its category, a key of code.list.", "分类：code.list 中的键。") { .text(of($0).row.category) },
      OutputField("impact", .integer, "A number of code.list, 1 the gravest.", "影响：code.list 中的数字，1 为最高。") { .integer(of($0).row.impact) },
      OutputField("urgency", .integer, "A number of code.list, 1 the most urgent.", "紧急度：code.list 中的数字，1 为最高。") { .integer(of($0).row.urgency) },
      OutputField("priority", .integer, "A number of code.list, 1 the highest, by the provider's matrix.", "优先级：code.list 中的数字，1 为最高，按服务商的矩阵得出。") {
        .integer(of($0).row.priority)
      },
      OutputField(
        "state", .text, "new, investigating, known_error, resolved, closed or cancelled.",
        "状态：new 新建、investigating 调查中、known_error 已知错误、resolved 已解决、closed 已关闭、cancelled 已取消。"
      ) { .text(of($0).row.process.state.rawValue) },
      OutputField("owner", .id, "Who answers for it.", "负责人。") { of($0).id(.staff, of($0).row.accountable?.publicId) },
      OutputField("ownerName", .text, "His name.", "负责人姓名。") { .text(of($0).row.accountableName) },
      OutputField(
        "ownerBy", .text,
        "By what: person (he took it), handbook (nobody did; he stands in the handbook of the process) or default (ownership.read).",
        "负责依据：person 本人认领，handbook 无人认领、由流程手册指定，default 默认负责人（ownership.read）。"
      ) { .text(of($0).row.ownerBy?.rawValue) },
      OutputField("team", .id, "The team that works on it; null: none.", "处理团队；没有则为 null。") { of($0).id(.team, of($0).row.team?.publicId) },
      OutputField("teamName", .text, "Its name.", "团队名称。") { .text(of($0).row.team?.name) },
      NamedRequesterFields.told { of($0).requester },
      OutputField("workaround", .text, "What helps meanwhile; null: nothing is known.", "临时方案；未知则为 null。") { .text(of($0).row.process.workaround) },
      OutputField("article", .id, "The article of the knowledge base that tells it.", "对应的知识库文章。") { of($0).id(.article, of($0).row.article?.publicId) },
      OutputField("openedAt", .instant, "When it was opened.", "创建时间。") { .instant(of($0).row.openedAt) },
      OutputField("knownErrorAt", .instant, "Since when it is a known error; null: it is none.", "成为已知错误的时间；否则为 null。") {
        .instant(of($0).row.process.knownErrorAt)
      },
      OutputField("resolvedAt", .instant, "When it was resolved.", "解决时间。") { .instant(of($0).row.process.resolvedAt) },
      OutputField("closedAt", .instant, "When it was closed or cancelled.", "关闭或取消的时间。") { .instant(of($0).row.process.closedAt) },
      OutputField("reopenCount", .integer, "How often it was reopened.", "重新打开次数。") { .integer(of($0).row.process.reopenCount) },
      OutputField("version", .integer, "Its version, for changes.", "版本号，修改时使用。") { .integer(of($0).row.version) },
    ]
  }
}

/// A problem with all that was written of it.
package struct ProblemRecord: OperationOutput {
  let line: ProblemLine

  init(_ row: ProblemRow, in context: OperationContext) { line = ProblemLine(row, in: context) }

  package static let fields: [OutputField<ProblemRecord>] = ProblemLine.facts { $0.line } + texts { $0.line.row }

  static func texts<Record>(_ of: @escaping @Sendable (Record) -> ProblemRow) -> [OutputField<Record>] {
    [
      OutputField("description", .text, "What is noticed of it, and where.", "现象与范围。") { .text(of($0).description) },
      OutputField("cause", .text, "What lies behind it; null: nobody knows.", "根本原因；未知则为 null。") { .text(of($0).process.cause) },
      OutputField("causeCode", .text, "What kind of cause that is, a key of code.list.", "原因类别：code.list 中的键。") { .text(of($0).process.causeCode) },
      OutputField("solution", .text, "How it was removed; of one that was reopened, how that was tried.", "解决方法；重新打开的问题则为此前尝试的方法。") {
        .text(of($0).process.solution)
      },
      OutputField("outcome", .text, "How it ended, a key of code.list.", "结果：code.list 中的键。") { .text(of($0).process.outcome) },
      OutputField("reason", .text, "Why it was cancelled, or reopened last.", "取消或最近一次重新打开的原因。") { .text(of($0).process.reason) },
      AttributeFields.held { of($0).attributes },
      OutputField("updatedAt", .instant, "When it was last changed.", "最近修改时间。") { .instant(of($0).updatedAt) },
    ]
  }
}

/// A problem with what it is behind, as far as the reader serves whom that belongs to.
package struct ProblemDetail: OperationOutput {
  let line: ProblemLine
  let incidents: Int64
  let requests: Int64
  let cis: [ProblemCi]

  package static let fields: [OutputField<ProblemDetail>] =
    ProblemLine.facts { $0.line } + ProblemRecord.texts { $0.line.row } + [
      OutputField(
        "incidents", .integer, "How many incidents are linked, of the customers that one serves.", "关联的事件数（仅计所服务的客户）。"
      ) { .integer($0.incidents) },
      OutputField("requests", .integer, "How many requests are linked, of the customers that one serves.", "关联的请求数（仅计所服务的客户）。") {
        .integer($0.requests)
      },
      OutputField(
        "cis", listOf: ProblemCi.self, "The configuration items that it is about: those of the customers that one serves, and those that the provider shares.",
        "涉及的配置项：所服务客户的，以及服务商共享的。"
      ) { $0.cis },
    ]
}

/// A CI that a problem is about.
package struct ProblemCi: OperationOutput {
  let id: PublicId
  let isShared: Bool
  let facts: NamedCis.Facts

  package static let fields: [OutputField<ProblemCi>] = [
    OutputField("id", .id, "The configuration item.", "配置项编号。") { .id($0.id) },
    OutputField("shared", .boolean, "Whether the provider shares it among customers.", "是否为服务商共享。") { .bool($0.isShared) },
    OutputField("name", .text, "What it is called.", "名称。") { .text($0.facts.name) },
    OutputField("type", .text, "The code of its type.", "类型代码。") { .text($0.facts.typeCode) },
    OutputField("state", .text, "Its state now.", "当前状态。") { .text($0.facts.state) },
  ]
}
