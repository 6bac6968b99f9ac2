import Kernel

/// The words of the service product manual.
package enum ManualWords: MessageCatalog {
  static let title = Message("manual.title", "Service Product Manual", zh: "服务产品手册")
  static let contents = Message("manual.contents", "Contents", zh: "目录")
  static let foreign = Message("manual.foreign", "[not translated]", zh: "[无中文译文]")
  static let code = Message("manual.code", "Code", zh: "代码")
  static let mode = Message("manual.mode", "Mode", zh: "服务模式")
  static let owner = Message("manual.owner", "Service owner", zh: "服务负责岗位")
  static let since = Message("manual.since", "In the catalogue since", zh: "列入目录日期")
  static let retires = Message("manual.retires", "Retires on", zh: "退役日期")
  static let audience = Message("manual.audience", "For {customer}", zh: "客户：{customer}")
  static let empty = Message("manual.empty", "There is nothing in the catalogue.", zh: "目录中尚无服务。")
  static let needs = Message("manual.needs", "Depends on", zh: "依赖服务")
  static let version = Message("manual.version", "Version", zh: "版本")
  static let published = Message("manual.published", "Published", zh: "发布日期")
  static let item = Message("manual.item", "Item", zh: "项目")
  static let content = Message("manual.content", "Content", zh: "内容")

  static let support = Message("manual.support", "support", zh: "支持型")
  static let managed = Message("manual.managed", "managed", zh: "托管型")
  static let designed = Message("manual.designed", "designed", zh: "设计型")

  static let scope = Message("manual.scope", "Scope", zh: "服务范围")
  static let inclusions = Message("manual.inclusions", "Included", zh: "包含内容")
  static let exclusions = Message("manual.exclusions", "Not included", zh: "不包含内容")
  static let prerequisites = Message("manual.prerequisites", "Prerequisites", zh: "前提条件")
  static let deliverables = Message("manual.deliverables", "Deliverables", zh: "交付物")
  static let coverage = Message("manual.coverage", "Coverage", zh: "服务时间")
  static let priceModel = Message("manual.price_model", "Price model", zh: "计价方式")

  static let targets = Message("manual.targets", "Service levels", zh: "服务级别")
  static let metric = Message("manual.metric", "Metric", zh: "指标")
  static let priority = Message("manual.priority", "Priority", zh: "优先级")
  static let target = Message("manual.target", "Target", zh: "目标")
  static let objective = Message("manual.objective", "Objective", zh: "达标率")
  static let note = Message("manual.note", "Note", zh: "说明")
  static let response = Message("manual.response", "Response", zh: "响应")
  static let resolution = Message("manual.resolution", "Resolution", zh: "解决")
  static let update = Message("manual.update", "Update", zh: "进展通报")
  static let availability = Message("manual.availability", "Availability", zh: "可用性")
  static let hours = Message("manual.hours", "{count} h", zh: "{count}小时")
  static let minutes = Message("manual.minutes", "{count} min", zh: "{count}分钟")
  static let seconds = Message("manual.seconds", "{count} s", zh: "{count}秒")
  static let businessDays = Message("manual.business_days", "end of business day {count}", zh: "第{count}个工作日结束时")

  static let measures = Message("manual.measures", "Quality measures", zh: "质量指标")
  static let prices = Message("manual.prices", "Prices", zh: "价格")
  static let amount = Message("manual.amount", "Amount", zh: "金额")
  static let per = Message("manual.per", "Charged", zh: "计费周期")
  static let unit = Message("manual.unit", "Unit", zh: "计费单位")
  static let once = Message("manual.once", "once", zh: "一次性")
  static let use = Message("manual.use", "per use", zh: "每次")
  static let month = Message("manual.month", "per month", zh: "每月")
  static let quarter = Message("manual.quarter", "per quarter", zh: "每季度")
  static let year = Message("manual.year", "per year", zh: "每年")

  static let order = Message("manual.order", "What an order tells", zh: "申请所需信息")
  static let field = Message("manual.field", "Field", zh: "字段")
  static let kind = Message("manual.kind", "Kind", zh: "类型")
  static let required = Message("manual.required", "Required", zh: "必填")
  static let remarks = Message("manual.remarks", "Remarks", zh: "备注")
  static let yes = Message("manual.yes", "yes", zh: "是")
  static let no = Message("manual.no", "no", zh: "否")
  static let text = Message("manual.text", "text", zh: "文本")
  static let lines = Message("manual.lines", "longer text", zh: "多行文本")
  static let number = Message("manual.number", "number", zh: "数字")
  static let choice = Message("manual.choice", "choice", zh: "选择")
  static let date = Message("manual.date", "date", zh: "日期")
  static let boolean = Message("manual.boolean", "yes or no", zh: "是否")
  static let person = Message("manual.person", "person", zh: "人员")
  static let shownWhen = Message("manual.shown_when", "asked when {field} is {value}", zh: "当“{field}”为“{value}”时填写")

  static let approval = Message("manual.approval", "Approval", zh: "审批")
  static let approvalAny = Message("manual.approval_any", "One of these agrees:", zh: "以下任一角色同意：")
  static let approvalAll = Message("manual.approval_all", "All of these agree:", zh: "以下所有角色同意：")
  static let approvalSequence = Message("manual.approval_sequence", "These agree one after the other:", zh: "以下角色依次同意：")
  static let above = Message("manual.above", "Only above {amount}.", zh: "仅限金额超过 {amount}。")

  static func word(_ part: DescriptionPart) -> Message {
    switch part {
    case .scope: scope
    case .inclusions: inclusions
    case .exclusions: exclusions
    case .prerequisites: prerequisites
    case .deliverables: deliverables
    case .coverage: coverage
    case .priceModel: priceModel
    }
  }

  static func word(_ mode: ServiceMode) -> Message {
    switch mode {
    case .support: support
    case .managed: managed
    case .designed: designed
    }
  }

  static func word(_ type: FormFieldType) -> Message {
    switch type {
    case .text: text
    case .lines: lines
    case .number: number
    case .choice: choice
    case .date: date
    case .boolean: boolean
    case .person: person
    }
  }

  static func word(_ per: OfferingPrice.Per) -> Message {
    switch per {
    case .once: once
    case .use: use
    case .month: month
    case .quarter: quarter
    case .year: year
    }
  }

  /// A measure that has no word of its own is called by its name.
  static func metric(_ name: String, _ language: Language) -> String {
    let word: Message? =
      switch name {
      case "response": response
      case "resolution": resolution
      case "update": update
      case "availability": availability
      default: nil
      }
    return word?.text(language) ?? name
  }

  package static let all = [
    title, contents, foreign, code, mode, owner, since, retires, audience, empty, needs, version, published, item, content, support, managed, designed, scope,
    inclusions,
    exclusions, prerequisites, deliverables, coverage, priceModel, targets, metric, priority, target, objective, note, response, resolution, update,
    availability, hours, minutes, seconds, businessDays, measures, prices, amount, per, unit, once, use, month, quarter, year, order, field, kind, required,
    remarks, yes, no, text, lines, number, choice, date, boolean, person, shownWhen, approval, approvalAny, approvalAll, approvalSequence, above,
  ]
}
